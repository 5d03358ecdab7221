"""Networks as balls: accuracy against cost, areas in proportion to parameters."""
