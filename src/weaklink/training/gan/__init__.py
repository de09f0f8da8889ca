"""The latent space of the GAN attack, learnt from a corpus."""
