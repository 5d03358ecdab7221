"""The shell: the window with its rail, menus, actions and dialogs, around one session."""

from tlstudio.gui.app.studio import Studio, main

__all__ = ["Studio", "main"]
