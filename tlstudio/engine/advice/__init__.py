"""What the stages of a network are worth for a dataset: measured, and kept."""
