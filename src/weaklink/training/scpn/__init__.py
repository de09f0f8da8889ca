"""SCPN: paraphrases in the shape of a template, learnt from a corpus."""
