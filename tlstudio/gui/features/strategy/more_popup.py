"""The settings that are seldom changed, in a popup beside the inspector."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from tlstudio.core.config import FIELD_BY_NAME, FIELDS, RunConfig
from tlstudio.core.config.fields import FieldGroup, FieldSpec
from tlstudio.core.networks.layers import LayerTree
from tlstudio.gui.features.strategy.norms_field import NormsField
from tlstudio.gui.features.strategy.train_from_field import TrainFromField
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import Fold, label
from tlstudio.gui.kit.config_form import ConfigForm, FieldRow
from tlstudio.gui.kit.help_mark import WhatButton
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.number_field import number_text
from tlstudio.gui.kit.popup import Popup

WIDTH_PX = 372
BASIC = ("epochs", "learning_rate", "batch_size", "optimizer", "schedule")  # always in sight
OPTIONS = ("head_epochs", "unfreeze_every", "rate_rule", "backbone_rate", "stage_decay")
OTHERS = tuple(
    spec
    for spec in FIELDS
    if spec.text.group is not FieldGroup.NETWORK and spec.name not in (*BASIC, "views")
)
# How much images vary, row by row; beside the variations themselves they stand as well
ADJUSTING = tuple(
    spec for spec in OTHERS if spec.text.group is FieldGroup.DATA and spec.text.is_expert
)
NAMES = (*OPTIONS, "norms", *(spec.name for spec in OTHERS))


@dataclass(frozen=True, slots=True)
class Changes:
    """A few words on each field of `MorePopup` that matters now and is not as the preset has it.

    Attributes:
        shown: of the fields to be seen.
        hidden: of those that the simple view leaves out.
    """

    shown: tuple[str, ...]
    hidden: tuple[str, ...]

    @classmethod
    def of(cls, config: RunConfig, differing: Container[str], *, is_simple: bool) -> Changes:
        """Of the fields whose names are in `differing`."""
        shown: list[str] = []
        hidden: list[str] = []
        for spec in (FIELD_BY_NAME[name] for name in NAMES if name in differing):
            said = _said(spec, getattr(config, spec.name))
            (hidden if is_simple and spec.text.is_expert else shown).append(said)
        return cls(tuple(shown), tuple(hidden))


class MorePopup(Popup):
    """All settings but the few that are always in sight, group by group.

    Signals:
        changed(str, object): a person gave this field this value.
        train_from_chosen(str): the module path where partial fine-tuning begins.
    """

    changed = Signal(str, object)
    train_from_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH_PX)
        self.train_from = TrainFromField()
        self.options = ConfigForm([FIELD_BY_NAME[name] for name in OPTIONS], is_titled=False)
        self.norms = NormsField()
        self.form = ConfigForm([spec for spec in OTHERS if spec not in ADJUSTING])
        self.adjusting = ConfigForm(ADJUSTING, is_titled=False)
        self.adjusting_fold = Fold(self.tr("Adjust the augmentation"), self.adjusting)
        self._forms = (self.options, self.norms, self.form, self.adjusting)
        self._title = label(self.tr("Strategy"), "section")
        self._is_simple, self._has_norms = False, True
        self.body = QWidget()
        vstack(
            hstack(self._title, Stretch(), WhatButton()),
            self.train_from,
            self.options,
            self.norms,
            self.form,
            self.adjusting_fold,
            Stretch(),
            spacing=theme.GRID,
            margins=2 * theme.GRID,
            parent=self.body,
        )
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.body)
        self.area.setAccessibleName(self.tr("More settings"))
        vstack(self.area, margins=1, parent=self)
        self.train_from.chosen.connect(self.train_from_chosen)
        for form in self._forms:
            form.changed.connect(self.changed)

    @property
    def rows(self) -> dict[str, FieldRow]:
        """Every field that the table makes."""
        forms = (self.options, self.form, self.adjusting)
        made = {name: row for form in forms for name, row in form.rows.items()}
        return {**made, "norms": self.norms.row}

    def set_config(self, config: RunConfig, usual: RunConfig) -> None:
        """Show what `config` says, and what is not `usual` in it; nothing is emitted."""
        self.train_from.setVisible(self.train_from.spec.is_relevant(config))
        for form in self._forms:
            form.set_config(config, usual)
        self._show_parts()

    def set_simple(self, is_simple: bool) -> None:
        """Whether fields that only experts need are left out."""
        self._is_simple = is_simple
        for form in (self.options, self.form, self.adjusting):
            form.set_simple(is_simple)
        self._show_parts()

    def _show_parts(self) -> None:
        self.options.setVisible(self.options.is_needed)
        self.adjusting_fold.setVisible(self.adjusting.is_needed)
        self.norms.setVisible(self._has_norms and not self._is_simple)
        parts = (self.train_from, self.options, self.norms)
        self._title.setHidden(all(part.isHidden() for part in parts))
        above = 0 if self._title.isHidden() else theme.GRID  # as above its other titles
        self.form.setContentsMargins(0, above, 0, 0)

    def set_tree(self, tree: LayerTree | None, train_from: str) -> None:
        """Offer the layers of `tree`, and show where training begins."""
        self.train_from.set_tree(tree, train_from)
        self._has_norms = tree is None or any(node.is_norm for node in tree.nodes.values())
        self._show_parts()

    def set_editable(self, editable: bool) -> None:
        """Whether anything can be changed now."""
        self.body.setEnabled(editable)

    def open_beside(self, button: QWidget, panel: QWidget) -> None:
        """Show it left of `panel`, or right of it where there is no room."""
        self.body.adjustSize()
        edge = theme.GRID
        screen = self.screen().availableGeometry().adjusted(edge, edge, -edge, -edge)
        beside = QRect(panel.mapToGlobal(QPoint()), panel.size())
        height = min(self.body.sizeHint().height() + 2, screen.height())
        place = QRect(0, 0, WIDTH_PX, height)
        place.moveBottomRight(beside.bottomLeft() - QPoint(theme.GRID // 2, 0))
        if place.left() < screen.left():
            place.moveLeft(beside.right())
        self.open_at(place, button)
        self.body.setFocus()
        self.focusNextChild()


def _said(spec: FieldSpec, value: object) -> str:
    """Describe a changed setting, e.g. ``Label smoothing 0.1``."""
    shown = number_text(value) if isinstance(value, int | float) else str(value)
    if spec.text.choices is not None:
        shown = core_text(spec.text.choices.get(shown, shown))
    return f"{core_text(spec.text.title)} {shown}"
