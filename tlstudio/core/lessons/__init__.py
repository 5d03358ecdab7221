"""Lessons: what can be learnt with the hand, and the places of the studio that they lead to."""
