"""The leaderboard: networks ranked for the open dataset before training."""
