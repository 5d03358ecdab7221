"""Datasets on disk: from image files to batches."""
