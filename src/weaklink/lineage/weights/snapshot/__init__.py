"""What weights say of a whole snapshot: signatures, their neighbours, and the tier of edges."""
