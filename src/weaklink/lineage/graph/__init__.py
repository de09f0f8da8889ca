"""Edges as tables and as a graph: chains, ancestry, descendants."""
