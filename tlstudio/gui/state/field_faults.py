"""Tells the session what is wrong in the fields of a form, and finds the field it asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from tlstudio.core.config.fields import FieldSpec
from tlstudio.gui.kit.config_form import FieldRow
from tlstudio.gui.kit.reveal import reveal
from tlstudio.gui.state.network import NetworkState


class SettingField(Protocol):
    """A field of a form that one types into, for one setting."""

    spec: FieldSpec
    problem_changed: Any

    @property
    def editor(self) -> QWidget: ...

    @property
    def has_problem(self) -> bool: ...

    def reset(self) -> None: ...


class FieldFaults(QObject):
    """Connects all fields below a widget into which one types with `network.field_problems`.

    A field whose fault the network has forgotten, because the setting got a value from elsewhere,
    shows the value in force again.

    Args:
        network: what is told.
        forms: the widget.
        others: fields that the table does not make.
    """

    def __init__(
        self, network: NetworkState, forms: QWidget, others: Iterable[SettingField] = ()
    ) -> None:
        super().__init__(forms)
        self._network = network
        rows: list[SettingField] = [*forms.findChildren(FieldRow), *others]
        self._rows = {row.spec.name: row for row in rows}
        for row in self._rows.values():
            row.problem_changed.connect(network.set_field_problem)
        network.field_problems_changed.connect(self._on_problems_changed)
        network.field_requested.connect(self.find)

    def find(self, name: str) -> None:
        """Bring the field of a setting into view, if it is among these."""
        if name in self._rows:
            reveal(self._rows[name].editor)

    def _on_problems_changed(self) -> None:
        for name, row in self._rows.items():
            if row.has_problem and name not in self._network.field_problems:
                row.reset()
