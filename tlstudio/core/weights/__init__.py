"""Weights files: what is found in one before anything of it is used."""
