"""Fetching files from servers: resumable, checked, only when a person asked for it."""
