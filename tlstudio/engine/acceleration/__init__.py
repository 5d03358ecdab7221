"""Frozen layers and whole networks through other engines than torch, where that gains."""
