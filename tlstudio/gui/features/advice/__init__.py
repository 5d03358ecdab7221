"""Advice: which layers to train, from what was measured."""
