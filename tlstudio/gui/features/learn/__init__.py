"""The Learn window: lessons with one thing to drag, and what else is learnt there."""
