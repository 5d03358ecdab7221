"""Runs that are kept: a folder each, and an index of them all."""
