"""The scorecard of weight files: fuzzed, malicious and crafted ones, each in a watched process."""
