"""Help: the card that explains a thing in place, and the window of guide and glossary."""
