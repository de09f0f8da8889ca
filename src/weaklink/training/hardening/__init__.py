"""Adversarial training: defences as plug-ins, on the one loop."""
