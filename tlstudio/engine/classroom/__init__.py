"""Making and opening class packs, and taking the weights of many networks at once."""
