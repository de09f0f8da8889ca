"""The rules of each attack, beside those of its paper and of its authors' code."""
