"""One folder a feature; no feature knows another."""
