"""Tests of runs as code."""
