"""What may paraphrase besides the packaged network, and the choice between them."""
