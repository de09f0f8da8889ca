"""Drives many attacks at once and gives every model full batches."""
