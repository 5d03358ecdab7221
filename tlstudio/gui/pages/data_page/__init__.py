"""The Data page: the start view while no dataset is open, the browser while one is."""

from tlstudio.gui.pages.data_page.page import DataPage

__all__ = ["DataPage"]
