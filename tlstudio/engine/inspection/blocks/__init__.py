"""The blocks of a network, found by running it once and watching its tensors."""
