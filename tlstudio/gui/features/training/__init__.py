"""The run while it goes on: charts, progress and predictions."""
