"""Using a classifier on other images: tables of its answers, and how they are sorted."""
