"""What earlier versions wrote, and the models that they wrote it of."""
