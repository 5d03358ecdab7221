"""Speed and memory of networks, measured on this machine."""
