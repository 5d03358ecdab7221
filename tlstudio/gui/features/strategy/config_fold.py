"""A group of settings that is folded away; its heading says what in it is not as usual."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.config import RunConfig
from tlstudio.core.config.fields import GROUP_TITLES, FieldGroup, FieldSpec
from tlstudio.gui.features.strategy.config_form import ConfigForm
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import Fold
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.number_field import number_text

ARROW_PX = 28  # left of the heading, and some air on its right


class ConfigFold(QWidget):
    """A fold with a form in it.

    Signals:
        changed(str, object): a person gave this field this value.
    """

    changed = Signal(str, object)

    def __init__(
        self, group: FieldGroup, specs: Sequence[FieldSpec], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title = core_text(GROUP_TITLES[group])
        self._heading = self._title
        self.form = ConfigForm(specs, is_titled=False)
        self.form.setContentsMargins(0, 0, 0, theme.GRID)
        self.fold = Fold(self._title, self.form)
        self.fold.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        vstack(self.fold, parent=self)
        self.form.changed.connect(self.changed)

    @property
    def heading(self) -> str:
        """The title and what differs, in full."""
        return self._heading

    def set_config(self, config: RunConfig) -> None:
        """Show what `config` says; nothing is emitted."""
        self.form.set_config(config)
        self.setVisible(self.form.is_relevant)
        changes = [_said(spec, value) for spec, value in self.form.changes]
        self._heading = " · ".join((self._title, ", ".join(changes)) if changes else (self._title,))
        self.fold.button.setAccessibleName(self._heading)
        self.fold.button.setToolTip(self._heading if changes else "")
        self._show_heading()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_heading()

    def _show_heading(self) -> None:
        """Show as much of the heading as there is room for."""
        metrics = QFontMetrics(self.fold.button.font())
        room = max(0, self.width() - ARROW_PX)
        self.fold.set_title(metrics.elidedText(self._heading, Qt.TextElideMode.ElideRight, room))


def _said(spec: FieldSpec, value: object) -> str:
    """Describe a changed setting, e.g. ``mixup`` or ``Label smoothing 0.1``."""
    if spec.text.choices is not None:
        return core_text(spec.text.choices.get(str(value), str(value)))
    shown = number_text(value) if isinstance(value, int | float) else str(value)
    return f"{core_text(spec.text.title)} {shown}"
