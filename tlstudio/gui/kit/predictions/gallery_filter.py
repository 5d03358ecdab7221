"""The filter, order and size of a gallery of predictions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSlider, QWidget

from tlstudio.core.runs.predictions import GALLERY_ORDER_TITLES, NEED_TRUTH, GalleryOrder
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.class_box import ClassBox
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.thumbnail_grid import THUMB_MAX_PX, THUMB_MIN_PX, THUMB_PX

NAME_LEAST_PX, NAME_PX = 120, 200
SLIDER_LEAST_PX, SLIDER_PX = 56, 96


class GalleryFilter(QWidget):
    """The choices above the gallery.

    Signals:
        changed(): another order, class or name.
        size_changed(int): another thumbnail size, pixels.

    Args:
        has_one_row: where height is scarcer than width.
    """

    changed = Signal()
    size_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, has_one_row: bool = False) -> None:
        super().__init__(parent)
        explain(self, "confidence")
        self.order_box = QComboBox()
        self._set_orders(tuple(GalleryOrder))
        self.order_box.setAccessibleName(self.tr("Show"))
        self.true_box = ClassBox(
            self.tr("True class"), self.tr("All true classes"), self.tr("True: {name}")
        )
        self.predicted_box = ClassBox(
            self.tr("Predicted class"), self.tr("All predictions"), self.tr("Predicted: {name}")
        )
        self.name_field = QLineEdit()
        self.name_field.setPlaceholderText(self.tr("Find a file name"))
        self.name_field.setAccessibleName(self.tr("Find a file name"))
        self.name_field.setClearButtonEnabled(True)
        self.name_field.setMinimumWidth(NAME_LEAST_PX)
        self.shown = label("", "hint")
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(THUMB_MIN_PX, THUMB_MAX_PX)
        self.size_slider.setValue(THUMB_PX)
        self.size_slider.setSingleStep(16)
        self.size_slider.setToolTip(self.tr("Size of the images"))
        self.size_slider.setAccessibleName(self.tr("Size of the images"))

        choices = (self.order_box, (self.true_box, 1), (self.predicted_box, 1))
        name = (self.name_field, self.shown)
        if has_one_row:
            hstack(*choices, *name, self.size_slider, spacing=theme.GRID, parent=self)
        else:
            vstack(
                hstack(*choices, spacing=theme.GRID),
                hstack(*name, Stretch(), self.size_slider, spacing=theme.GRID),
                spacing=theme.GRID,
                parent=self,
            )
        self.set_classes(())

        self.order_box.currentIndexChanged.connect(self.changed)
        self.set_narrow(False)
        self.name_field.textChanged.connect(self.changed)
        self.true_box.currentIndexChanged.connect(self.changed)
        self.predicted_box.currentIndexChanged.connect(self.changed)
        self.size_slider.valueChanged.connect(self.size_changed)

    def set_narrow(self, is_narrow: bool) -> None:
        """Leave the room to the boxes, whose words would be cut off."""
        self.name_field.setMaximumWidth(NAME_LEAST_PX if is_narrow else NAME_PX)
        self.size_slider.setFixedWidth(SLIDER_LEAST_PX if is_narrow else SLIDER_PX)

    @property
    def order(self) -> GalleryOrder:
        return GalleryOrder(self.order_box.currentData())

    @property
    def true_class(self) -> int | None:
        """A class index; None for all."""
        return self.true_box.class_index

    @property
    def predicted_class(self) -> int | None:
        return self.predicted_box.class_index

    @property
    def name(self) -> str:
        """A part of a file name; empty for all."""
        return self.name_field.text().strip()

    def choose(self, true_class: int | None, predicted_class: int | None) -> None:
        """Show the images of one class, or of one answer, or of both: one `changed` at most."""
        before = (self.true_class, self.predicted_class)
        for box, index in ((self.true_box, true_class), (self.predicted_box, predicted_class)):
            box.blockSignals(True)
            box.set_class_index(index)
            box.blockSignals(False)
        if before != (true_class, predicted_class):
            self.changed.emit()

    def set_order(self, order: GalleryOrder) -> None:
        self.order_box.setCurrentIndex(max(0, self.order_box.findData(order)))

    def set_known(self, *, truth: bool, novelty: bool) -> None:
        """Offer only what can be told of these images: right and wrong, and none of the classes."""
        left_out = set() if truth else set(NEED_TRUTH)
        if not novelty:
            left_out.add(GalleryOrder.NONE_OF_THESE)
        self._set_orders(tuple(order for order in GalleryOrder if order not in left_out))
        self.true_box.setVisible(truth)
        if not truth:
            self.choose(None, self.predicted_class)

    def set_true_class(self, index: int | None) -> None:
        self.true_box.set_class_index(index)

    def set_classes(self, classes: Sequence[str]) -> None:
        """The classes to choose from; the choice starts anew if they are others."""
        for box in (self.true_box, self.predicted_box):
            box.set_classes(classes)

    def reset(self) -> None:
        """Show everything."""
        self.set_order(GalleryOrder.DATASET)
        self.name_field.clear()
        self.choose(None, None)

    def _set_orders(self, orders: Sequence[GalleryOrder]) -> None:
        """Offer these; the choice stays if it is among them."""
        box = self.order_box
        if orders == tuple(box.itemData(row) for row in range(box.count())):
            return
        before = box.currentData()
        box.blockSignals(True)
        box.clear()
        for order in orders:
            box.addItem(core_text(GALLERY_ORDER_TITLES[order]), order)
        box.setCurrentIndex(max(0, box.findData(before)))
        box.blockSignals(False)
        if before is not None and box.currentData() != before:
            self.changed.emit()
