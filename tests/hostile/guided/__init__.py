"""Readers in Python under coverage-guided fuzzing, and the failures that were found so far."""
