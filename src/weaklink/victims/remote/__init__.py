"""Victims behind a server: the Hub's inference, TEI, any JSON over HTTP, an LLM that is asked."""
