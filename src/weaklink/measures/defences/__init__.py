"""Figures of defences: how well detectors detect, and what a defence is worth."""
