"""A run as a PyTorch script of its own: `code.export_code`."""
