"""Every figure of a study, worked out once more in plain Python from the rows of its store.

Nothing here imports weaklink: rows are read by ``sqlite3`` and ``json``, shares are exact
fractions, and each figure is written down as ``docs/concepts/measures.md`` defines it.
"""
