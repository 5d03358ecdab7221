"""The lessons' engine as the window sees it, a module a lesson; imported when it is called."""
