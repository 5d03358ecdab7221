"""The views of the Data page: the start, and what is in the open dataset."""
