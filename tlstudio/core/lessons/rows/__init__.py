"""The rows of the table of lessons, by what they are about."""
