"""Who makes the outcomes: this process, or the workers of a Ray cluster."""
