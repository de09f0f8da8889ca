"""Runs beside each other, and beside bounds."""
