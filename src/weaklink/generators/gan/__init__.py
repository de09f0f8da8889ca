"""Adversarially regularised autoencoder with an inverter: the latent space of the GAN attack."""
