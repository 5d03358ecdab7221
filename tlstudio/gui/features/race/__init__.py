"""Strategies or networks trained against each other on equal terms."""
