"""Networks side by side: which, and by how much they differ."""
