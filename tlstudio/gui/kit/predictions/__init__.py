"""A gallery of images with what a classifier says of each."""
