"""What attacks look words up in: WordNet, vectors, named entities, stop words."""
