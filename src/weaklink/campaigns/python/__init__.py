"""What Python callers may give besides names, and errors in their words."""
