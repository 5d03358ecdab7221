"""Widgets and helpers of two or more features. Nothing here knows a feature or the session."""
