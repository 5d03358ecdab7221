"""What the lessons compute, live: plain numbers of small experiments on real images."""
