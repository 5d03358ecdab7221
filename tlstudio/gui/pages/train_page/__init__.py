"""The Train page: what a run will do, what it is doing, and what to do better."""

from tlstudio.gui.pages.train_page.page import TrainPage

__all__ = ["TrainPage"]
