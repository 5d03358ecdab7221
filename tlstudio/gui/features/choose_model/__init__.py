"""Choosing a network and its weights."""
