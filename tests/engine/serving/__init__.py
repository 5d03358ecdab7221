"""Tests of serving a classifier on this machine."""
