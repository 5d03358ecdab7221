"""The index of all kept runs: one SQLite file, which the folders can make again at any time.

``runs.sqlite`` in the folder of the runs is in WAL mode. Anybody may read it, also while the studio
runs: ``sqlite3 -readonly runs.sqlite "SELECT * FROM run_list"``. Only the studio writes to it.

Table ``runs``, a row a run:

=================  =================================================================================
id                 name of the run; of a run in the studio's own folder it is the folder's name
folder             where its files are
is_outside         1 where that is not in the studio's own folder (``train --out``)
name, note         what a person wrote; empty without
is_starred         1 with a star
tags               JSON list of texts
origin             window, terminal, race, file
created            seconds since 1970, UTC
dataset            name; ``fingerprint`` tells its classes, images and split; ``root`` its place
model, strategy    as in ``config.json``; likewise ``learning_rate`` and ``planned_epochs``
epochs             that ended
best_epoch         whose weights are kept; ``accuracy`` on validation (fraction), ``right`` of
                   ``images`` were told rightly
accuracies         JSON list by epoch, thinned to 64
elapsed_s          seconds of training
size_bytes         of all its files
reason             finished, early, stopped, failed; NULL while it goes on or where its process died
is_open            1 as long as nobody has seen that it is over
has_weights        1 where a network can be read; ``has_checkpoint`` where training can go on
=================  =================================================================================

View ``run_list``: the same for people, newest first.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.kept import RunEntry, RunMarks, RunOrigin

FILE = "runs.sqlite"
SCHEMA_VERSION = 1  # in `user_version`; an index of another version is made again
BUSY_S = 20.0

_COLUMNS = {
    "id": "TEXT PRIMARY KEY",
    "folder": "TEXT NOT NULL",
    "is_outside": "INTEGER NOT NULL",
    "name": "TEXT NOT NULL",
    "is_starred": "INTEGER NOT NULL",
    "tags": "TEXT NOT NULL",
    "note": "TEXT NOT NULL",
    "origin": "TEXT NOT NULL",
    "created": "REAL NOT NULL",
    "dataset": "TEXT NOT NULL",
    "fingerprint": "TEXT NOT NULL",
    "root": "TEXT NOT NULL",
    "model": "TEXT NOT NULL",
    "strategy": "TEXT NOT NULL",
    "learning_rate": "REAL NOT NULL",
    "planned_epochs": "INTEGER NOT NULL",
    "epochs": "INTEGER NOT NULL",
    "best_epoch": "INTEGER",
    "accuracy": "REAL",
    "right": "INTEGER",
    "images": "INTEGER",
    "accuracies": "TEXT NOT NULL",
    "elapsed_s": "REAL NOT NULL",
    "size_bytes": "INTEGER NOT NULL",
    "reason": "TEXT",
    "is_open": "INTEGER NOT NULL",
    "has_weights": "INTEGER NOT NULL",
    "has_checkpoint": "INTEGER NOT NULL",
}
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_CURVE = list(_COLUMNS).index("accuracies")
_VALUES = ", ".join("?" for _ in _COLUMNS)
_SCHEMA = f"""
CREATE TABLE runs ({", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())});
CREATE INDEX runs_by_time ON runs (created);
CREATE VIEW run_list AS SELECT
    id,
    datetime(created, 'unixepoch', 'localtime') AS started,
    name, dataset, model, strategy,
    round(accuracy * 100, 1) AS accuracy_percent, "right", images,
    epochs || ' of ' || planned_epochs AS epochs, best_epoch,
    round(elapsed_s / 60, 1) AS minutes,
    round(size_bytes / 1e6, 1) AS megabytes,
    coalesce(reason, CASE is_open WHEN 1 THEN 'running' ELSE 'interrupted' END) AS state,
    is_starred, tags, note, folder
FROM runs ORDER BY created DESC;
PRAGMA user_version = {SCHEMA_VERSION};
"""

_log = logging.getLogger(__name__)


class IndexLostError(Exception):
    """There is no index, or none that can be read or written just now."""

    @property
    def is_temporary(self) -> bool:
        """Whether it is busy or has no room, rather than gone or damaged."""
        return isinstance(self.__cause__, OSError | sqlite3.OperationalError)


class RunIndex:
    """The rows of `runs.sqlite`. Every call opens the file anew: any thread, any process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self) -> list[tuple[RunEntry, bool, bool]]:
        """Read all runs, newest first: each with whether it lies outside and whether it is open.

        Raises:
            IndexLostError: it has to be made again.
        """
        if not self._path.exists():
            raise IndexLostError
        with self._opened() as database:
            query = f"SELECT {_NAMES} FROM runs ORDER BY created DESC, id DESC"
            try:
                rows = database.execute(query).fetchall()
                curves = json.loads(f"[{','.join(row[_CURVE] for row in rows)}]")  # all in one go
                return [
                    _entry_of(row, tuple(curve)) for row, curve in zip(rows, curves, strict=True)
                ]
            except (ValueError, TypeError) as error:  # somebody else wrote into it
                raise IndexLostError from error

    def row(self, run_id: str) -> tuple[RunEntry, bool, bool] | None:
        """Read one run. Raises `IndexLostError` as `rows` does."""
        if not self._path.exists():
            raise IndexLostError
        with self._opened() as database:
            query = f"SELECT {_NAMES} FROM runs WHERE id = ?"
            try:
                found = database.execute(query, (run_id,)).fetchone()
                return None if found is None else _entry_of(found, tuple(json.loads(found[_CURVE])))
            except (ValueError, TypeError) as error:
                raise IndexLostError from error

    def put(self, entries: Iterable[tuple[RunEntry, bool, bool]]) -> None:
        """Add rows, or replace those of the same runs. Raises `IndexLostError`."""
        with self._opened() as database:
            _put(database, entries)

    def remove(self, ids: Iterable[str]) -> None:
        """Forget runs. Raises `IndexLostError`."""
        with self._opened() as database:
            database.executemany("DELETE FROM runs WHERE id = ?", [(run_id,) for run_id in ids])

    def make(self, entries: Iterable[tuple[RunEntry, bool, bool]]) -> None:
        """Make the index of these runs alone, whatever the file was before.

        Raises:
            OSError: it cannot be written.
        """
        rows = list(entries)
        try:
            with self._opened(is_new=True) as database:
                _put(database, rows)
            return
        except IndexLostError as error:
            if error.is_temporary:
                raise OSError(str(error.__cause__ or error)) from error
            _log.warning("the index of the runs is damaged and made again")
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        try:
            with self._opened(is_new=True) as database:
                _put(database, rows)
        except IndexLostError as error:
            raise OSError(str(error.__cause__ or error)) from error

    @contextlib.contextmanager
    def _opened(self, *, is_new: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection within one transaction.

        Args:
            is_new: whether to begin with an empty table.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
        except (sqlite3.Error, OSError) as error:
            raise IndexLostError from error
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if not is_new and version != SCHEMA_VERSION:
                raise IndexLostError
            database.execute("BEGIN IMMEDIATE" if is_new else "BEGIN")
            if is_new:
                _start_anew(database)
            yield database
            database.execute("COMMIT")
        except sqlite3.Error as error:
            raise IndexLostError from error
        finally:
            database.close()  # takes back what was not committed


def _start_anew(database: sqlite3.Connection) -> None:
    for kind, name in database.execute(
        "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'sqlite_%'"
    ).fetchall():
        database.execute(f'DROP {kind} IF EXISTS "{name}"')
    for statement in _SCHEMA.split(";"):
        if statement.strip():
            database.execute(statement)


def _put(database: sqlite3.Connection, entries: Iterable[tuple[RunEntry, bool, bool]]) -> None:
    query = f"INSERT OR REPLACE INTO runs ({_NAMES}) VALUES ({_VALUES})"
    database.executemany(query, [_row_of(*entry) for entry in entries])


def _row_of(entry: RunEntry, is_outside: bool, is_open: bool) -> tuple[Any, ...]:
    marks = entry.marks
    row = {
        "id": entry.id,
        "folder": _text(str(entry.folder)),
        "is_outside": is_outside,
        "name": _text(marks.name),
        "is_starred": marks.is_starred,
        "tags": json.dumps(marks.tags),
        "note": _text(marks.note),
        "origin": entry.origin.value,
        "created": entry.created,
        "dataset": _text(entry.dataset),
        "fingerprint": entry.fingerprint,
        "root": _text(entry.root),
        "model": entry.model,
        "strategy": entry.strategy,
        "learning_rate": entry.learning_rate,
        "planned_epochs": entry.planned_epochs,
        "epochs": entry.epochs,
        "best_epoch": entry.best_epoch,
        "accuracy": entry.accuracy,
        "right": entry.right,
        "images": entry.images,
        "accuracies": json.dumps([round(value, 6) for value in entry.accuracies]),
        "elapsed_s": entry.elapsed_s,
        "size_bytes": entry.size_bytes,
        "reason": None if entry.end is None else entry.end.value,
        "is_open": is_open,
        "has_weights": entry.has_weights,
        "has_checkpoint": entry.has_checkpoint,
    }
    return tuple(row[name] for name in _COLUMNS)


def _entry_of(row: tuple[Any, ...], accuracies: tuple[float, ...]) -> tuple[RunEntry, bool, bool]:
    values = dict(zip(_COLUMNS, row, strict=True))
    tags = values["tags"]
    marks = RunMarks(
        values["name"],
        bool(values["is_starred"]),
        tuple(json.loads(tags)) if tags != "[]" else (),
        values["note"],
    )
    reason = values["reason"]
    entry = RunEntry(
        id=values["id"],
        folder=Path(values["folder"]),
        marks=marks,
        origin=RunOrigin(values["origin"]),
        created=values["created"],
        dataset=values["dataset"],
        fingerprint=values["fingerprint"],
        root=values["root"],
        model=values["model"],
        strategy=values["strategy"],
        learning_rate=values["learning_rate"],
        planned_epochs=values["planned_epochs"],
        epochs=values["epochs"],
        best_epoch=values["best_epoch"],
        accuracy=values["accuracy"],
        right=values["right"],
        images=values["images"],
        accuracies=accuracies,
        elapsed_s=values["elapsed_s"],
        size_bytes=values["size_bytes"],
        end=None if reason is None else RunEndReason(reason),
        has_weights=bool(values["has_weights"]),
        has_checkpoint=bool(values["has_checkpoint"]),
    )
    return entry, bool(values["is_outside"]), bool(values["is_open"])


def _text(text: str) -> str:
    """File names may be no Unicode, which SQLite does not take."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
