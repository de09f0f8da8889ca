"""Lexicons, vectors, encoders and data sets: where each comes from, its digest, its licence."""

from weaklink.resources.samples import Dataset, Sample

__all__ = ["Dataset", "Sample"]
