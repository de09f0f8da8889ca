"""Evidence from tensors: what weights say about where a model came from."""
