"""Well-known datasets that can be downloaded, and opened with a click."""
