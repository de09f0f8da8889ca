"""Data sets and samples: files, the Hub, packages."""

from weaklink.data.samples import Dataset, Sample

__all__ = ["Dataset", "Sample"]
