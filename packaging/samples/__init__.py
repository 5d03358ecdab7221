"""Procedural photographs of an autumn table: a ray marcher, its shapes and scenes."""
