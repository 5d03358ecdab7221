"""Procedural photographs of an autumn table: a small ray marcher, its shapes, surfaces and scenes."""
