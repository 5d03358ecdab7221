"""Handing a trained network on: as a file, to the hub, or as a page on this computer."""
