"""The preferences of a person and what is remembered for them, kept between sessions and typed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import config_dir, told_preferences, write_preferences
from tlstudio.gui.kit.theme import Scheme

if TYPE_CHECKING:
    from tlstudio.core.preferences import PreferencesConfig

RECENT_KEPT = 8
GB = 1_000_000_000
RUNS_LIMIT_GB = 10.0  # as `PreferencesConfig` has it, which is too much to load before the window
OLD_KEYS = {"language": "language", "scheme": "scheme"}  # in the INI file, before preferences.json

_log = logging.getLogger(__name__)


class Preferences(QObject):
    """What a person prefers, in a JSON file, and what is remembered for them, in an INI file.

    The JSON file holds the fields of `core.preferences.PreferencesConfig`; the window reads a few
    of them before there is time for that. Values come back typed; broken ones as defaults.

    Args:
        path: the INI file; the JSON file of the same name lies beside it.

    Signals:
        changed(str): the field of this name has another value.
        not_kept(StorageError): a change holds, but only until the program ends.
        forgotten(): something that was remembered is not any more.
    """

    changed = Signal(str)
    not_kept = Signal(object)
    forgotten = Signal()

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        file = path or config_dir() / "preferences.ini"
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)
        self.file = file.with_suffix(".json")
        self._values = dict(told_preferences(self.file))
        if not self.file.exists():
            self._take_over_old()

    @property
    def config(self) -> PreferencesConfig:
        """All fields, valid."""
        from tlstudio.core.preferences import checked

        return checked(self._values)[0]

    def change(self, **values: object) -> None:
        """Give fields other values, and keep them; whoever follows them hears of each."""
        names = [name for name, value in values.items() if self._values.get(name) != value]
        if not names:
            return
        self._values |= values
        self._keep()
        for name in names:
            self.changed.emit(name)

    def _keep(self) -> None:
        try:
            write_preferences(self._values, self.file)
        except StorageError as error:
            _log.warning("%s", error)
            self.not_kept.emit(error)

    def _take_over_old(self) -> None:
        """Take what an earlier version kept in the INI file, once."""
        old = {new: self._settings.value(key) for key, new in OLD_KEYS.items()}
        if self._settings.value("simple", False, type=bool):
            old["detail"] = "simple"
        limit = str(self._settings.value("runs/limit_bytes", ""))
        if limit.isdecimal() and int(limit):
            old["runs_limit_gb"] = int(limit) / GB
        self._values |= {name: value for name, value in old.items() if value is not None}
        if self._values:
            self._keep()

    @property
    def language(self) -> str:
        """The language of the window: ``system``, ``en`` or ``ko``."""
        return str(self._values.get("language", "system"))

    @language.setter
    def language(self, code: str) -> None:
        self.change(language=code)

    @property
    def scheme(self) -> Scheme:
        try:
            return Scheme(str(self._values.get("scheme")))
        except ValueError:
            return Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self.change(scheme=scheme.value)

    @property
    def recent_datasets(self) -> tuple[Path, ...]:
        """Datasets opened before, latest first. Nobody looks whether they are still there."""
        return tuple(map(Path, self._recent("recent_datasets")))

    def add_recent_dataset(self, folder: Path) -> None:
        self._add_recent("recent_datasets", str(folder))

    @property
    def recent_finds(self) -> tuple[str, ...]:
        """Names of what was chosen in the command palette, latest first."""
        return tuple(self._recent("recent_finds"))

    def add_recent_find(self, name: str) -> None:
        self._add_recent("recent_finds", name)

    def clear_recent_datasets(self) -> None:
        self._forget("recent_datasets")

    def clear_recent_finds(self) -> None:
        self._forget("recent_finds")

    @property
    def last_folders(self) -> tuple[str, ...]:
        """The folders that files were last opened from and saved to."""
        self._settings.beginGroup("folders")
        kinds = self._settings.allKeys()
        self._settings.endGroup()
        return tuple(dict.fromkeys(filter(None, map(self.last_folder, sorted(kinds)))))

    def clear_last_folders(self) -> None:
        self._forget("folders")

    def last_folder(self, kind: str) -> str:
        """The folder that was last chosen for this kind of thing; empty at first."""
        return str(self._settings.value(f"folders/{kind}", "", type=str))

    def keep_last_folder(self, kind: str, folder: str) -> None:
        self._settings.setValue(f"folders/{kind}", folder)

    @property
    def is_simple(self) -> bool:
        """Whether layers and what only experts need is left out of sight."""
        return self._values.get("detail") == "simple"

    @is_simple.setter
    def is_simple(self, is_simple: bool) -> None:
        self.change(detail="simple" if is_simple else "full")

    @property
    def shows_inspector(self) -> bool:
        """Whether the inspector is seen on the pages that it concerns."""
        return bool(self._settings.value("inspector/shown", True, type=bool))

    @shows_inspector.setter
    def shows_inspector(self, is_shown: bool) -> None:
        self._settings.setValue("inspector/shown", is_shown)

    @property
    def inspector_px(self) -> int:
        """The width that a person gave the inspector; 0 if it follows the window."""
        px = str(self._settings.value("inspector/width_px", 0))
        return int(px) if px.isdecimal() else 0

    @inspector_px.setter
    def inspector_px(self, width: int) -> None:
        self._settings.setValue("inspector/width_px", width)

    @property
    def runs_limit_bytes(self) -> int:
        """The space that kept runs may take before old ones are offered for deletion."""
        limit = self._values.get("runs_limit_gb")
        usable = isinstance(limit, int | float) and 0 < limit < 1e6
        return round((limit if usable else RUNS_LIMIT_GB) * GB)  # type: ignore[operator]

    @runs_limit_bytes.setter
    def runs_limit_bytes(self, limit: int) -> None:
        self.change(runs_limit_gb=limit / GB)

    @property
    def hidden_run_columns(self) -> frozenset[str]:
        """Columns of the list of runs that a person does not want to see, by name."""
        return frozenset(self._recent("runs/hidden_columns"))

    @hidden_run_columns.setter
    def hidden_run_columns(self, names: frozenset[str]) -> None:
        self._settings.setValue("runs/hidden_columns", sorted(names))

    @property
    def offered_runs(self) -> tuple[str, ...]:
        """Interrupted runs that a person was asked about already."""
        return tuple(self._recent("runs/offered"))

    @offered_runs.setter
    def offered_runs(self, ids: tuple[str, ...]) -> None:
        self._settings.setValue("runs/offered", list(ids))

    @property
    def offers_tour(self) -> bool:
        """Whether the start page may offer the guided tour."""
        return bool(self._settings.value("tour/offered", True, type=bool))

    @offers_tour.setter
    def offers_tour(self, offers: bool) -> None:
        self._settings.setValue("tour/offered", offers)

    @property
    def version_seen(self) -> str:
        """The version whose news a person was offered; empty at first."""
        return str(self._settings.value("version_seen", "", type=str))

    @version_seen.setter
    def version_seen(self, version: str) -> None:
        self._settings.setValue("version_seen", version)

    @property
    def help_place(self) -> str:
        """The page of the help that was read last; empty at first."""
        return str(self._settings.value("help/place", "", type=str))

    @help_place.setter
    def help_place(self, place: str) -> None:
        self._settings.setValue("help/place", place)

    @property
    def help_geometry(self) -> QByteArray:
        """Where the window of the help was, and how large; empty at first."""
        return self._bytes("help/geometry")

    @help_geometry.setter
    def help_geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("help/geometry", geometry)

    @property
    def learn_geometry(self) -> QByteArray:
        """Where the Learn window was, and how large; empty at first."""
        return self._bytes("learn/geometry")

    @learn_geometry.setter
    def learn_geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("learn/geometry", geometry)

    def window_layout(self) -> tuple[QByteArray, QByteArray]:
        """Geometry and dock state of the main window; empty at first."""
        return self._bytes("window/geometry"), self._bytes("window/state")

    def keep_window_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        self._settings.setValue("window/geometry", geometry)
        self._settings.setValue("window/state", state)

    def _recent(self, key: str) -> list[str]:
        raw = self._settings.value(key, [])  # Qt reads a list of one as a text
        names = [raw] if isinstance(raw, str) else raw if isinstance(raw, list) else []
        return [str(name) for name in names]

    def _add_recent(self, key: str, name: str) -> None:
        others = [other for other in self._recent(key) if other != name]
        self._settings.setValue(key, [name, *others][:RECENT_KEPT])

    def _forget(self, key: str) -> None:
        self._settings.remove(key)
        self.forgotten.emit()

    def _bytes(self, key: str) -> QByteArray:
        value = self._settings.value(key, QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()
