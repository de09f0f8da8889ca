"""Evidence from model cards: metadata, texts, tables, code and names."""
