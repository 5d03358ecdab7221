"""The preferences of a person, kept between sessions and typed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from tlstudio.core.storage import config_dir
from tlstudio.gui.kit.theme import Scheme

RECENT_KEPT = 8
RUNS_LIMIT_BYTES = 10_000_000_000


class Preferences:
    """Settings in an INI file of the user. Values come back typed; broken ones as defaults."""

    def __init__(self, path: Path | None = None) -> None:
        file = path or config_dir() / "preferences.ini"
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def language(self) -> str:
        """The language of the window: ``system``, ``en`` or ``ko``."""
        return str(self._settings.value("language", "system", type=str))

    @language.setter
    def language(self, code: str) -> None:
        self._settings.setValue("language", code)

    @property
    def scheme(self) -> Scheme:
        try:
            return Scheme(str(self._settings.value("scheme", Scheme.SYSTEM.value, type=str)))
        except ValueError:
            return Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._settings.setValue("scheme", scheme.value)

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
        self._settings.remove("recent_datasets")

    def last_folder(self, kind: str) -> str:
        """The folder that was last chosen for this kind of thing; empty at first."""
        return str(self._settings.value(f"folders/{kind}", "", type=str))

    def keep_last_folder(self, kind: str, folder: str) -> None:
        self._settings.setValue(f"folders/{kind}", folder)

    @property
    def is_simple(self) -> bool:
        """Whether layers and what only experts need is left out of sight."""
        return bool(self._settings.value("simple", False, type=bool))

    @is_simple.setter
    def is_simple(self, is_simple: bool) -> None:
        self._settings.setValue("simple", is_simple)

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
        value = str(self._settings.value("runs/limit_bytes", RUNS_LIMIT_BYTES))
        return int(value) if value.isdecimal() else RUNS_LIMIT_BYTES

    @runs_limit_bytes.setter
    def runs_limit_bytes(self, limit: int) -> None:
        self._settings.setValue("runs/limit_bytes", limit)

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

    def _bytes(self, key: str) -> QByteArray:
        value = self._settings.value(key, QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()
