"""Class packs: made for a class, and opened by it."""
