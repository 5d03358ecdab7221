"""The question why: which heat map, for which class, how strong, and what its test says."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QProgressBar, QSlider, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip, set_property
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.predictions.heat_view import STRENGTH_PERCENT
from tlstudio.gui.kit.segmented import Segmented

PREDICTED = ""  # the choice of a class that follows the answer
SLIDER_PX = 88


class WhyChoice(StrEnum):
    """The maps that a person may choose from."""

    OFF = "off"
    GRAD_CAM = "grad_cam"
    OCCLUSION = "occlusion"
    AVERAGE = "average"


class WhyBar(QWidget):
    """One row while it is off; class, strength, saving and the map's own test below it otherwise.

    Signals:
        changed(): another kind of map or another class.
        strength_changed(int): per cent.
        save_clicked()
    """

    changed = Signal()
    strength_changed = Signal(int)
    save_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "heat-map")
        self._classes: tuple[str, ...] = ()
        self.choice = Segmented(self.tr("Why this answer"))
        self.choice.set_options(
            [
                (WhyChoice.OFF, self.tr("Off")),
                (WhyChoice.GRAD_CAM, self.tr("Grad-CAM")),
                (WhyChoice.OCCLUSION, self.tr("Occlusion")),
                (WhyChoice.AVERAGE, self.tr("Class average")),
            ]
        )
        tips = (
            "",
            self.tr("What speaks for the class, by the gradients of the last layer with places"),
            self.tr("What the answer loses while a square covers each place; no gradients, slower"),
            self.tr("The mean Grad-CAM map over the images of the class that are in this gallery"),
        )
        for button, tip in zip(self.choice.buttons(), tips, strict=True):
            button.setToolTip(plain_tip(tip))
        self.class_field = ChoiceField()
        self.class_field.setAccessibleName(self.tr("What speaks for this class"))
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setRange(0, 100)
        self.strength.setValue(STRENGTH_PERCENT)
        self.strength.setFixedWidth(SLIDER_PX)
        self.strength.setAccessibleName(self.tr("Strength of the heat map"))
        self.strength.setToolTip(plain_tip(self.strength.accessibleName()))
        self.save_button = IconButton("", "save", "quiet")
        self.save_button.setFixedSize(QSize(32, 32))
        self.save_button.setStyleSheet("padding: 0;")
        self.save_button.setAccessibleName(self.tr("Save as PNG"))
        self.save_button.setToolTip(plain_tip(self.tr("Save as PNG, beside the photo")))
        self.progress = QProgressBar()
        self.progress.setFixedWidth(SLIDER_PX)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Making the heat map"))
        self.words = label("", "hint", wrap=True)

        self._options = QWidget()
        controls = hstack(
            label(self.tr("for")),
            (self.class_field, 1),
            self.strength,
            self.save_button,
            spacing=theme.GRID,
        )
        said = hstack(self.progress, (self.words, 1), spacing=theme.GRID)
        vstack(controls, said, spacing=theme.GRID // 2, parent=self._options)
        first = hstack(
            label(self.tr("Why?"), "section"), self.choice, (QWidget(), 1), spacing=theme.GRID
        )
        vstack(first, self._options, spacing=theme.GRID // 2, parent=self)
        self._options.hide()
        self.progress.hide()
        self.save_button.setEnabled(False)

        self.choice.chosen.connect(self._on_chosen)
        self.class_field.chosen.connect(self._on_class_chosen)
        self.strength.valueChanged.connect(self.strength_changed)
        self.save_button.clicked.connect(self.save_clicked)
        for field in (*self.choice.buttons(), self.strength):
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Left and Right belong to the field that has the keyboard, and not to the next image."""
        is_asked = event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_asked and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):  # type: ignore[attr-defined]
            event.accept()
            return True
        return False

    @property
    def kind(self) -> WhyChoice:
        value = self.choice.value
        return value if isinstance(value, WhyChoice) else WhyChoice.OFF

    @property
    def is_on(self) -> bool:
        return self.kind is not WhyChoice.OFF

    def class_index(self, predicted: int) -> int:
        """The class whose reasons are shown; `predicted` unless a person chose another."""
        value = self.class_field.value
        return int(value) if value and int(value) < len(self._classes) else predicted

    def set_classes(self, classes: Sequence[str], predicted: int) -> None:
        """Offer these classes, and the predicted one first."""
        if tuple(classes) != self._classes:
            self._classes = tuple(classes)
            self.class_field.clear()
            rows = [(PREDICTED, ""), *((str(n), name) for n, name in enumerate(classes))]
            self.class_field.set_choices(rows)
        title = self.tr("{name} (predicted)").format(name=self._classes[predicted])
        self.class_field.setItemText(0, title)

    def say(self, text: str, *, is_doubtful: bool = False) -> None:
        """One sentence about the map that is shown, or why there is none."""
        self.words.setText(text)
        set_property(self.words, "tone", "warning" if is_doubtful else "")

    def set_progress(self, done: int, total: int) -> None:
        """Show how far the map is; both 0 where that is not known."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.show()

    def end_progress(self) -> None:
        self.progress.hide()

    def _on_chosen(self) -> None:
        self._options.setVisible(self.is_on)
        self.changed.emit()

    def _on_class_chosen(self) -> None:
        self.changed.emit()
