"""Campaigns that may end before all samples are done: they go block by block."""
