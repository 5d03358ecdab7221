"""The editor of the studio's split: shares or numbers, seed, and what stays together."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QWidget

from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.data.groups import GroupsFound
from tlstudio.core.data.split_config import GROUP_BY_TITLES, GroupBy
from tlstudio.core.numbers import NumberRange
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_hint, error_text
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.number_field import NumberField
from tlstudio.gui.kit.segmented import Segmented

VAL_PERCENT = (5, 50)
TEST_PERCENT = (0, 40)
MOST_IMAGES = 10**7
SEED_MAX = 2**31 - 1
BY_SHARE, BY_NUMBER = "share", "number"


class SplitEditor(QWidget):
    """A few numbers, what images stay together, and a button.

    Signals:
        split_requested(SplitConfig): a person wants this split.
        groups_wanted(SplitConfig): a person wants to know what its groups would be; `show_groups`.
    """

    split_requested = Signal(object)
    groups_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "split")
        self._shown = SplitConfig()
        self.by = Segmented(self.tr("By share or by number of images"))
        self.by.set_options([(BY_SHARE, self.tr("By share")), (BY_NUMBER, self.tr("By number"))])
        self.val_percent = _field(*VAL_PERCENT, "%")
        self.test_percent = _field(*TEST_PERCENT, "%")
        self.val_images = _field(1, MOST_IMAGES)
        self.test_images = _field(0, MOST_IMAGES)
        self.seed = _field(0, SEED_MAX)
        self.group_by = ChoiceField(
            (rule.value, core_text(title)) for rule, title in GROUP_BY_TITLES.items()
        )
        self.gap_s = NumberField(NumberRange(0, 1e6), unit="s")
        self.val_percent.setToolTip(self.tr("Share of each class that validates"))
        self.test_percent.setToolTip(
            self.tr("Share of each class that is kept aside for a last test")
        )
        self.val_images.setToolTip(self.tr("Images of all classes together that validate"))
        self.test_images.setToolTip(
            self.tr("Images of all classes together that are kept aside for a last test")
        )
        self.seed.setToolTip(self.tr("The same seed gives the same split again"))
        self.group_by.setToolTip(
            self.tr(
                "Images that belong together train or validate together: else near copies in both "
                "make a result look better than it is"
            )
        )
        self.gap_s.setToolTip(self.tr("The longest pause between two images of a burst"))
        self.groups = label("", "hint", wrap=True)
        self.button = IconButton(self.tr("Split again"), "shuffle", clicked=self._request)
        self.problem = label("", "hint", wrap=True)
        self.problem.setProperty("tone", "wrong")
        self.source = label("", "hint", wrap=True)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(theme.GRID * 2)
        self._form.setVerticalSpacing(theme.GRID)
        self._fields = (
            (self.tr("Validation"), self.val_percent),
            (self.tr("Test"), self.test_percent),
            (self.tr("Validation"), self.val_images),
            (self.tr("Test"), self.test_images),
            (self.tr("Seed"), self.seed),
            (self.tr("Pause"), self.gap_s),
        )
        for title, field in self._fields:
            if field is self.gap_s:
                self._add_row(self.tr("Groups"), self.group_by)
            self._add_row(title, field)
            field.number_changed.connect(self._refresh)
            field.problem_changed.connect(self._refresh)
            field.finished.connect(self._refresh)
        self.gap_s.finished.connect(self._ask_for_groups)
        self.by.chosen.connect(self._refresh)
        self.group_by.chosen.connect(self._on_group_by_chosen)
        vstack(
            self.source,
            self.by,
            self._form,
            self.groups,
            self.problem,
            self.button,
            spacing=theme.GRID,
            parent=self,
        )
        self.set_config(self._shown)

    @property
    def config(self) -> SplitConfig:
        """The split that the fields say."""
        by_number = self.by.value == BY_NUMBER
        group_by = GroupBy(self.group_by.value)
        return replace(
            self._shown,
            val_fraction=self._shown.val_fraction
            if by_number
            else (self.val_percent.number or 0) / 100,
            test_fraction=self._shown.test_fraction
            if by_number
            else (self.test_percent.number or 0) / 100,
            seed=int(self.seed.number or 0),
            val_images=int(self.val_images.number or 0) if by_number else None,
            test_images=int(self.test_images.number or 0) if by_number else None,
            group_by=group_by,
            gap_s=float(self.gap_s.number or 0) if group_by is GroupBy.TIME else self._shown.gap_s,
        )

    def set_config(self, config: SplitConfig, val_images: int = 0, test_images: int = 0) -> None:
        """Show the split in force.

        Args:
            config: its settings.
            val_images: how many there are, to begin with where a person asks for a number.
            test_images: likewise.
        """
        self._shown = config
        self.by.set_value(BY_SHARE if config.val_images is None else BY_NUMBER)
        self.val_percent.show_number(round(config.val_fraction * 100))
        self.test_percent.show_number(round(config.test_fraction * 100))
        self.val_images.show_number(max(1, config.val_images or val_images))
        self.test_images.show_number(
            test_images if config.test_images is None else config.test_images
        )
        self.seed.show_number(config.seed)
        self.group_by.set_value(config.group_by.value)
        self.gap_s.show_number(config.gap_s)
        self._refresh()

    def show_groups(self, found: GroupsFound | None) -> None:
        """Tell what stays together; None while it is looked for."""
        self.groups.setVisible(found is None or found.groups > 0 or self._is_grouped)
        if found is None:
            self.groups.setText(self.tr("Looking for groups…"))
        elif not found.groups:
            self.groups.setText(self.tr("No images belong together by this."))
        else:
            groups = self.tr("%n group(s)", "", found.groups)
            largest = self.tr("the largest has %n image(s)", "", found.largest)
            self.groups.setText(f"{groups}; {largest}.")

    @property
    def _is_grouped(self) -> bool:
        return self.group_by.value != GroupBy.NONE.value

    def _add_row(self, title: str, field: QWidget) -> None:
        self._form.addRow(label(title), field)
        field.setAccessibleName(title)

    def _on_group_by_chosen(self) -> None:
        self._refresh()
        self._ask_for_groups()

    def _ask_for_groups(self) -> None:
        if self.gap_s.problem is None:
            self.groups_wanted.emit(self.config)

    def _refresh(self) -> None:
        """A fault holds the button at once, and is told once its field is left."""
        by_number = self.by.value == BY_NUMBER
        shown = {
            self.val_percent: not by_number,
            self.test_percent: not by_number,
            self.val_images: by_number,
            self.test_images: by_number,
            self.gap_s: self.group_by.value == GroupBy.TIME.value,
        }
        for row_field, is_shown in shown.items():
            self._form.setRowVisible(row_field, is_shown)
        faults = [(t, f) for t, f in self._fields if f.problem is not None and shown.get(f, True)]
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
