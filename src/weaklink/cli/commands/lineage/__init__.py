"""``weaklink lineage``: where models came from."""
