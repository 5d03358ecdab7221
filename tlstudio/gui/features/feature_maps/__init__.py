"""The view "What it sees": filters and feature maps of the network for an image."""
