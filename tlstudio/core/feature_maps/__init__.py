"""Pictures of channels: what one layer makes of one image, and how depth is counted."""
