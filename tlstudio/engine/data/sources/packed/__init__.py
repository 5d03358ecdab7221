"""Datasets whose images lie as bare pixels in a few files: CIFAR, MNIST and their like."""
