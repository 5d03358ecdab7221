"""Networks ranked for a dataset before any of them is trained."""
