"""What the lessons compute, live: pure functions of an image and of what a person drags."""
