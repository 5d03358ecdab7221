"""What a network sees, and why it answers as it does."""
