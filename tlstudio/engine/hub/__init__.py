"""Runs on the Hugging Face hub: handed on to it, and taken from it."""
