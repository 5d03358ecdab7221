"""Forecasts of a run's duration and memory, from costs measured on this machine."""
