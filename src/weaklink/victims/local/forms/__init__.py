"""Forms that a classifier comes in besides a transformers checkpoint."""
