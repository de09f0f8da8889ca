"""Intervals, paired tests and the bootstrap over samples; none knows of models or attacks."""
