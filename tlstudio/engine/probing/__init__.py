"""Probes: simple classifiers of pooled features, which say what the features are worth."""
