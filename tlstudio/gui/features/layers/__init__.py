"""The layer-freeze tree and the table of layers."""
