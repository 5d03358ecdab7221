"""The editor of the split of a folder of class folders: shares and seed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QWidget

from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.numbers import NumberRange
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import error_hint, error_text
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.number_field import NumberField

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
        explain(self, "split")
        self._shown = SplitConfig()
        self.val_percent = _field(*VAL_PERCENT, "%")
        self.test_percent = _field(*TEST_PERCENT, "%")
        self.seed = _field(0, SEED_MAX)
        self.val_percent.setToolTip(self.tr("Share of each class that validates"))
        self.test_percent.setToolTip(
            self.tr("Share of each class that is kept aside for a last test")
        )
        self.seed.setToolTip(self.tr("The same seed gives the same split again"))
        self.button = IconButton(self.tr("Split again"), "shuffle", clicked=self._request)
        self.problem = label("", "hint", wrap=True)
        self.problem.setProperty("tone", "wrong")
        self.source = label("", "hint", wrap=True)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.GRID * 2)
        form.setVerticalSpacing(theme.GRID)
        self._fields = {
            self.tr("Validation"): self.val_percent,
            self.tr("Test"): self.test_percent,
            self.tr("Seed"): self.seed,
        }
        for title, field in self._fields.items():
            form.addRow(label(title), field)
            field.setAccessibleName(title)
            field.number_changed.connect(self._refresh)
            field.problem_changed.connect(self._refresh)
            field.finished.connect(self._refresh)
        vstack(self.source, form, self.problem, self.button, spacing=theme.GRID, parent=self)
        self.set_config(self._shown)

    @property
    def config(self) -> SplitConfig:
        """The split that the fields say."""
        return SplitConfig(
            (self.val_percent.number or 0) / 100,
            (self.test_percent.number or 0) / 100,
            int(self.seed.number or 0),
        )

    def set_config(self, config: SplitConfig) -> None:
        """Show the split in force."""
        self._shown = config
        self.val_percent.show_number(round(config.val_fraction * 100))
        self.test_percent.show_number(round(config.test_fraction * 100))
        self.seed.show_number(config.seed)
        self._refresh()

    def _refresh(self) -> None:
        """A fault holds the button at once, and is told once its field is left."""
        faults = [(title, f) for title, f in self._fields.items() if f.problem is not None]
        told = [
            f"{title}: {error_text(f.problem)} {error_hint(f.problem)}"
            for title, f in faults
            if f.problem is not None and f.property("problem")
        ]
        self.button.setEnabled(not faults and self.config != self._shown)
        self.problem.setText("\n".join(told))
        self.problem.setVisible(bool(told))

    def _request(self) -> None:
        if self.button.isEnabled():
            self.split_requested.emit(self.config)


def _field(low: int, high: int, unit: str = "") -> NumberField:
    return NumberField(NumberRange(low, high, is_integer=True), unit=unit)
