"""Weights on disk: saving, loading without running code, downloading."""
