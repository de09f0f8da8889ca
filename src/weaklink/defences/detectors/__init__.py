"""Methods that detect adversarial text, one file each."""
