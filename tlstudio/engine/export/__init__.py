"""Writing exports, and comparing each with the network that it was made from."""
