"""The confusion matrix beside a gallery, and the pairs that are confused most."""
