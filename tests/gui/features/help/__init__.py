"""Tests of the help: cards in place, the window, its pictures."""
