"""Cross-validation in the window."""
