"""The strategy panel with the settings, and the plan that follows from them."""
