"""What predictions are worth: confusion, scores, calibration."""
