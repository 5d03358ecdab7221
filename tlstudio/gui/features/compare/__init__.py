"""The comparison of all weights: accuracy, multiply-adds, size, speed on this machine."""
