"""Pretrained weights on this machine, and those on their way."""
