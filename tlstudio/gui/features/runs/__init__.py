"""The Runs page: everything that was ever trained and is kept, and runs beside each other."""
