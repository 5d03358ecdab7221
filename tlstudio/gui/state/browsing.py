"""What of the open dataset is looked at; the views of the Data page share it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.state.session import FeatureState, Session, Step


@dataclass(frozen=True, slots=True)
class ChosenImages:
    """Some images of the dataset that another view has picked.

    Attributes:
        title: what they have in common, as a person reads it, e.g. “under 200 px”.
    """

    title: str
    images: frozenset[ImageRef]


class BrowsingState(FeatureState):
    """Another view may pick a class or images, and the gallery shows these only.

    Attributes:
        class_index: the chosen class; None for all.
        chosen: the images that another view has picked; None for all.
        selected: the images that are selected in the gallery.
        varied: the image whose variations are looked at; None for none yet.

    Signals:
        class_changed(int | None)
        chosen_changed(): `chosen` is another.
        selected_changed(): `selected` are others.
        varied_changed(): `varied` is another.
        tab_wanted(str): a feature wants this view of the Data page to be shown, by its name.
    """

    class_changed = Signal(object)
    chosen_changed = Signal()
    selected_changed = Signal()
    varied_changed = Signal()
    tab_wanted = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.class_index: int | None = None
        self.chosen: ChosenImages | None = None
        self.selected: tuple[ImageRef, ...] = ()
        self.varied: ImageRef | None = None
        self._root: Path | None = index.root if (index := session.datasets.index) else None
        session.datasets.changed.connect(self._on_dataset_changed)

    def set_class(self, class_index: int | None) -> None:
        """Show one class; None for all."""
        if class_index != self.class_index:
            self.class_index = class_index
            self.class_changed.emit(class_index)

    def choose(self, chosen: ChosenImages | None) -> None:
        """Let the gallery show these images only; None for all."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.chosen_changed.emit()

    def select(self, images: tuple[ImageRef, ...]) -> None:
        """Tell the other views what is selected in the gallery."""
        if images != self.selected:
            self.selected = images
            self.selected_changed.emit()

    def show_images(self, title: str, images: frozenset[ImageRef]) -> None:
        """Bring the gallery to the front, with these images only, of all classes."""
        self.set_class(None)
        self.choose(ChosenImages(title, images))
        self.show_tab("images")

    def vary(self, image: ImageRef | None) -> None:
        """Look at the variations of this image."""
        if image != self.varied:
            self.varied = image
            self.varied_changed.emit()

    def show_variations(self, image: ImageRef) -> None:
        """Bring the variations of an image to the front, also where it was varied before."""
        self.varied = image
        self.varied_changed.emit()
        self.show_tab("network")

    def show_tab(self, name: str) -> None:
        """Show a view of the Data page: a value of `gui.app.data_views.DataTab`."""
        self._session.data_tab = name
        self._session.go_to(Step.DATA)
        self.tab_wanted.emit(name)

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """The images mean nothing to another dataset."""
        root = index.root if index is not None else None
        if root != self._root:
            self._root = root
            self.choose(None)
            self.vary(None)
