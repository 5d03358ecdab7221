"""A class in a classroom: all that it needs as one file, and weights from a folder."""

SUFFIX = ".tlspack"
