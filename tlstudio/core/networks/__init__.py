"""The networks: catalog, families, layers, inputs, weights and blocks."""
