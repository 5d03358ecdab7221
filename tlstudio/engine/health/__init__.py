"""Looks for what is wrong with a dataset before it is trained on."""
