"""Exports: a trained network as a file or a folder that is used outside the studio."""
