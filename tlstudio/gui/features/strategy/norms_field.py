"""The choice of whose running statistics move, with an explanation."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.config import FIELD_BY_NAME, RunConfig
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label, set_property
from tlstudio.gui.kit.config_form import FieldRow
from tlstudio.gui.kit.layout import vstack


class NormsField(QWidget):
    """The choice with a sentence below it.

    Signals:
        changed(str, object): a person chose this value of the field.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = FieldRow(FIELD_BY_NAME["norms"])
        self.meaning = label("", "hint", wrap=True)
        vstack(self.row, self.meaning, spacing=theme.GRID // 2, parent=self)
        self.row.changed.connect(self.changed)

    def set_config(self, config: RunConfig, usual: RunConfig | None = None) -> None:
        """Show what `config` says, and whether it is `usual`; nothing is emitted."""
        self.row.set_config(config, usual)
        match config.norms:
            case "with_layer":
                text = self.tr(
                    "A frozen layer keeps its means and variances as well: it computes exactly "
                    "what it did before."
                )
            case "fixed":
                text = self.tr(
                    "No layer changes its means and variances, not even those that train; steady "
                    "where batches are small."
                )
            case "adapt":
                text = self.tr(
                    "Frozen layers follow the means and variances of your images: the network "
                    "drifts although its weights are frozen, and its features cannot be kept."
                )
        self.meaning.setText(text)
        set_property(self.meaning, "tone", "warning" if config.norms == "adapt" else "")
