"""Datasets that a table describes, with the path of an image and its class in each row."""
