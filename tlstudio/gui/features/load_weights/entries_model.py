"""The table of the report: one row for each entry of the network and of the file."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtGui import QIcon

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.core.weights.report import EntryState, ReportEntry
from tlstudio.gui.kit import formats, icons
from tlstudio.gui.kit.table import ROW_ROLE, Column, SortProxy, TableModel

translate = QCoreApplication.translate

# icon and its colour
_LOOKS = {
    EntryState.MATCHED: ("done", "text_soft"),
    EntryState.MISSING: ("warning", "warning"),
    EntryState.OTHER_SHAPE: ("warning", "warning"),
    EntryState.UNEXPECTED: ("unknown", "warning"),
    EntryState.SET_ASIDE: ("info", "text_soft"),
}
TITLES = {
    EntryState.MATCHED: QT_TRANSLATE_NOOP("load_weights", "Matched"),
    EntryState.MISSING: QT_TRANSLATE_NOOP("load_weights", "Missing"),
    EntryState.OTHER_SHAPE: QT_TRANSLATE_NOOP("load_weights", "Other shape"),
    EntryState.UNEXPECTED: QT_TRANSLATE_NOOP("load_weights", "Unexpected"),
    EntryState.SET_ASIDE: QT_TRANSLATE_NOOP("load_weights", "Set aside"),
}
HELPS = {
    EntryState.MATCHED: QT_TRANSLATE_NOOP("load_weights", "In the file and in the network"),
    EntryState.MISSING: QT_TRANSLATE_NOOP(
        "load_weights", "The network needs it and the file does not have it"
    ),
    EntryState.OTHER_SHAPE: QT_TRANSLATE_NOOP(
        "load_weights", "In both, but of another shape, so its values cannot be taken"
    ),
    EntryState.UNEXPECTED: QT_TRANSLATE_NOOP(
        "load_weights", "In the file, and no layer of the network; it is left out"
    ),
    EntryState.SET_ASIDE: QT_TRANSLATE_NOOP(
        "load_weights",
        "No part of a network: what training leaves beside it, or another copy; it is left out",
    ),
}


def state_title(state: EntryState) -> str:
    """The name of a state, in the language of the window."""
    return translate("load_weights", TITLES[state])


def make_model(parent: QObject) -> TableModel[ReportEntry]:
    """A table of entries."""
    columns = (
        Column[ReportEntry](
            translate("load_weights", "Outcome"),
            lambda entry: state_title(entry.state),
            tip=lambda entry: translate("load_weights", HELPS[entry.state]),
            icon=_icon,
            token=lambda entry: _LOOKS[entry.state][1] if _is_strange(entry) else "",
        ),
        Column[ReportEntry](
            translate("load_weights", "Layer"), lambda entry: entry.name, tip=_place_of
        ),
        Column[ReportEntry](translate("load_weights", "In the file"), _in_file),
        Column[ReportEntry](
            translate("load_weights", "In the network"), lambda entry: _shape(entry.wanted)
        ),
    )
    return TableModel(columns, lambda entry: (entry.state, entry.name), parent)


class EntryFilter(SortProxy):
    """Leaves the rows of one state, and with a text in their names."""

    def __init__(self, source: TableModel[ReportEntry], parent: QObject) -> None:
        super().__init__(source, parent)
        self._state: EntryState | None = None
        self._text = ""

    def show_only(self, state: EntryState | None, text: str) -> None:
        """Show entries of `state` (None for all) with `text` in their names."""
        self.beginFilterChange()
        self._state, self._text = state, text.casefold().strip()
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex) -> bool:
        entry = self.sourceModel().index(row, 0, parent).data(ROW_ROLE)
        assert isinstance(entry, ReportEntry)
        names = f"{entry.name} {entry.stored_name}".casefold()
        return (self._state is None or entry.state is self._state) and self._text in names


def _is_strange(entry: ReportEntry) -> bool:
    return entry.state not in (EntryState.MATCHED, EntryState.SET_ASIDE)


def _icon(entry: ReportEntry) -> QIcon:
    return icons.icon(*_LOOKS[entry.state])


def _place_of(entry: ReportEntry) -> str | None:
    """The tooltip of a name: how the file calls it."""
    if entry.stored_name in ("", entry.name):
        return None
    return translate("load_weights", "{name} in the file").format(name=entry.stored_name)


def _in_file(entry: ReportEntry) -> str:
    if entry.tensors > 1:
        count = formats.count(entry.tensors)
        return translate("load_weights", "{count} tensors").format(count=count)
    return _shape(entry.shape)


def _shape(shape: tuple[int, ...] | None) -> str:
    """Sides of a tensor; what nothing tells yet, the number of classes, is a word."""
    if shape is None:
        return "–"
    sides = [str(side) if side else translate("load_weights", "classes") for side in shape]
    return " × ".join(sides) or translate("load_weights", "a number")
