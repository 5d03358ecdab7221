"""What the words mean: pure Python, neither Qt nor torch."""
