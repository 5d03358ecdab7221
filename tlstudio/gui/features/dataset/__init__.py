"""The Data page: the start view while no dataset is open, the browser while one is."""

from tlstudio.gui.features.dataset.page import DataPage

__all__ = ["DataPage"]
