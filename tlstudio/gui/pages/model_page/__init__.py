"""The Model page: choose a network, compare it with others, and look inside."""

from tlstudio.gui.pages.model_page.page import ModelPage

__all__ = ["ModelPage"]
