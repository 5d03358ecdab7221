"""The run as a PyTorch script or notebook."""
