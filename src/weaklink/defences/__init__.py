"""Defences: detectors of adversarial text, victims with a guard before them, their evaluation."""
