"""Datasets, samples and splits, as words: nothing here opens an image."""
