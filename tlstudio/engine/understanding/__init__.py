"""What a classifier's answers rest on, measured."""
