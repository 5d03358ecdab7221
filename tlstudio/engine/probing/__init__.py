"""What a network's features are worth for a dataset: pooled, and told apart by simple means."""
