"""The picture of an architecture as values: its blocks, what they are, and where they are drawn."""
