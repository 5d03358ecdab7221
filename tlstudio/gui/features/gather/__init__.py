"""A window in which a person makes a dataset: classes, and images put into them."""
