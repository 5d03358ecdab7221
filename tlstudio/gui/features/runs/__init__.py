"""The Runs page: everything ever trained, and runs beside each other."""
