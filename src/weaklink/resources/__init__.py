"""Lexicons, vectors, encoders and data sets: where each comes from, its digest, its licence."""

from weaklink.resources.samples import Dataset, Sample
from weaklink.resources.tagger import Entity, Tagger
from weaklink.resources.vectors import Neighbour, Vectors

__all__ = ["Dataset", "Entity", "Neighbour", "Sample", "Tagger", "Vectors"]
