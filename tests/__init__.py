"""Tests of weaklink, a folder per room."""
