"""The report of a run: one file that says what was trained, on what, and how good it is."""
