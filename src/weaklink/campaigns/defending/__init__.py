"""Defences in a campaign: which there are, and what they learn from."""
