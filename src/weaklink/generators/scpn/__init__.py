"""A network that writes a sentence's words in the shape of a syntactic template."""
