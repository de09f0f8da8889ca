"""Downloads and reuse of the models in a snapshot, beside the paper's figures."""
