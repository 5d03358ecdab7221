"""A run: its events, its history, its predictions and the proof that frozen is frozen."""
