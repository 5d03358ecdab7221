"""What is wrong with the open dataset, and what can be done about it."""
