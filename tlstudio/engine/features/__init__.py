"""What lies below the first layer that trains: cut off, run fast, computed once, kept."""
