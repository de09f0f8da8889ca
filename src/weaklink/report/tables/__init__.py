"""Every table of a report, and how one is written."""
