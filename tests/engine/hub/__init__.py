"""Tests of handing runs to the hub and taking them from it."""
