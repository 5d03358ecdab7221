"""The editor of the split of a folder of class folders: shares and seed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QSpinBox, QWidget

from tlstudio.core.data.dataset import SplitConfig
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import vstack

VAL_PERCENT = (5, 50)
TEST_PERCENT = (0, 40)
SEED_MAX = 2**31 - 1


class SplitEditor(QWidget):
    """Three numbers and a button.

    Signals:
        split_requested(SplitConfig): a person wants this split.
    """

    split_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = SplitConfig()
        self.val_percent = self._spin(*VAL_PERCENT, " %")
        self.test_percent = self._spin(*TEST_PERCENT, " %")
        self.seed = self._spin(0, SEED_MAX, "")
        self.val_percent.setToolTip(self.tr("Share of each class that validates"))
        self.test_percent.setToolTip(
            self.tr("Share of each class that is kept aside for a last test")
        )
        self.seed.setToolTip(self.tr("The same seed gives the same split again"))
        self.button = IconButton(self.tr("Split again"), "shuffle", clicked=self._request)
        self.source = label("", "hint", wrap=True)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.GRID * 2)
        form.setVerticalSpacing(theme.GRID)
        form.addRow(label(self.tr("Validation")), self.val_percent)
        form.addRow(label(self.tr("Test")), self.test_percent)
        form.addRow(label(self.tr("Seed")), self.seed)
        vstack(self.source, form, self.button, spacing=theme.GRID, parent=self)
        for spin in (self.val_percent, self.test_percent, self.seed):
            spin.valueChanged.connect(self._refresh)
        self._refresh()

    @property
    def config(self) -> SplitConfig:
        """Return the split that the fields say."""
        return SplitConfig(
            self.val_percent.value() / 100, self.test_percent.value() / 100, self.seed.value()
        )

    def set_config(self, config: SplitConfig) -> None:
        """Show the split in force."""
        self._shown = config
        self.val_percent.setValue(round(config.val_fraction * 100))
        self.test_percent.setValue(round(config.test_fraction * 100))
        self.seed.setValue(config.seed)
        self._refresh()

    def _spin(self, low: int, high: int, suffix: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(low, high)
        spin.setSuffix(suffix)
        spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        return spin

    def _refresh(self) -> None:
        self.button.setEnabled(self.config != self._shown)

    def _request(self) -> None:
        self.split_requested.emit(self.config)
