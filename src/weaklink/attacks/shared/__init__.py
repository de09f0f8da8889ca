"""What attacks share: importance of words, bugs of letters, a search in a latent space."""
