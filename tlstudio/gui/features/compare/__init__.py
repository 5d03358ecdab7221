"""All weights compared: accuracy, multiply-adds, size, speed on this machine."""
