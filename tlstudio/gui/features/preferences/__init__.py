"""The preferences, and what is kept on this machine and remembered."""
