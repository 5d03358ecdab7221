"""The map of a dataset: all images as points of a plane, alike ones beside each other."""
