"""The Use page: other images, and what the classifier in hand says of them."""
