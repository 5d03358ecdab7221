"""Using a classifier on other images: finding them, and sorting them into folders."""
