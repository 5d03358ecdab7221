"""The screens of the lessons, a module each, called as the lesson."""
