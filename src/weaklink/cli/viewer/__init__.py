"""``weaklink view``: what it serves, to whom, and the runs that it follows."""
