"""Victims that run on this machine: transformers models, and Python functions."""
