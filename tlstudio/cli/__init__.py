"""The engine on a terminal."""
