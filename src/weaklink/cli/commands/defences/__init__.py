"""``weaklink detect`` and ``weaklink harden``."""
