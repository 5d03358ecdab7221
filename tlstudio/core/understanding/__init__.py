"""What a classifier's answers rest on, as values."""
