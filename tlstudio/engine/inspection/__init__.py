"""Inspection of networks: shapes, multiply-adds and receptive fields of every layer."""
