"""Other paraphrasers than the packaged network, and the choice between them."""
