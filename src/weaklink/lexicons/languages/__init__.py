"""What depends on the language of texts: like letters, stop words, what lexicons cover."""
