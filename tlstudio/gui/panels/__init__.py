"""The inspector panels: each binds widgets to the session."""
