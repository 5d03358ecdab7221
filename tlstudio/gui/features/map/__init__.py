"""The map: all images of the dataset as points, alike ones beside each other."""
