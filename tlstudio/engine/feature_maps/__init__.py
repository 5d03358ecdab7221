"""Feature maps and filters: pictures of what the layers of a network respond to."""
