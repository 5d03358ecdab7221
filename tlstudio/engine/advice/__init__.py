"""Measures what the stages of a network are worth for a dataset, and keeps the results."""
