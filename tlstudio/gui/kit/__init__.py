"""What two or more features use. Nothing here knows a feature or the session."""
