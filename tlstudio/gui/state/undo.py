"""Undo and redo of what a person has set: strategy, ticks, settings, model and split."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from tlstudio.core.data.dataset import DatasetIndex, SplitConfig
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.state.datasets import DatasetState
from tlstudio.gui.state.network import NetworkState
from tlstudio.gui.state.run import RunState

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig

translate = QCoreApplication.translate

NEVER_MERGED = -1
_SPLIT = "UndoState", QT_TRANSLATE_NOOP("UndoState", "Split")
_IMAGES = "UndoState", QT_TRANSLATE_NOOP("UndoState", "Images left out or moved")
PRESET = "preset"  # beside the names of settings


@dataclass(frozen=True, slots=True)
class Edit:
    """A step that can be undone.

    Attributes:
        what: was changed, for the menu: context and source of a translation.
        apply: brings a state about.
        before, after: the states, e.g. values of settings by name.
        merged: successive edits of the same number become one step; of `NEVER_MERGED` none.
        is_of_dataset: it means nothing to another dataset.
    """

    what: tuple[str, str]
    apply: Callable[[Any], None]
    before: Any
    after: Any
    merged: int = NEVER_MERGED
    is_of_dataset: bool = False


class Command(QUndoCommand):
    """An edit on Qt's stack, which is pushed when it has happened already."""

    def __init__(self, edit: Edit) -> None:
        super().__init__()
        self.edit = edit
        self._has_happened = True

    def id(self) -> int:
        return self.edit.merged

    def mergeWith(self, other: QUndoCommand) -> bool:
        assert isinstance(other, Command)
        edit = self.edit
        self.edit = Edit(edit.what, edit.apply, edit.before, other.edit.after, edit.merged)
        self.setObsolete(self.edit.before == self.edit.after)
        return True

    def undo(self) -> None:
        self._has_happened = False
        self.edit.apply(self.edit.before)

    def redo(self) -> None:
        if not self._has_happened:
            self.edit.apply(self.edit.after)
        self._has_happened = True


class UndoState(QObject):
    """Watches settings and split, and can bring earlier ones back.

    A step brings back only what it changed, so what the studio itself has set meanwhile stays.

    Signals:
        changed(): there is another step to undo or redo.
    """

    changed = Signal()

    def __init__(
        self,
        network: NetworkState,
        datasets: DatasetState,
        run: RunState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._network = network
        self._datasets = datasets
        self._run = run
        self._stack = QUndoStack(self)
        self._stack.indexChanged.connect(self.changed)
        self._values: dict[str, object] = {}  # of all settings, and the preset in force
        self._index: DatasetIndex | None = None
        self._awaited: SplitConfig | None = None  # being read, because of an undo
        self._is_recording = True
        self._seals = 0
        network.settings_changed.connect(self._on_settings_changed)
        network.preset_changed.connect(self._on_settings_changed)
        datasets.changed.connect(self._on_dataset_changed)
        datasets.edited.connect(self._on_dataset_edited)
        run.status_changed.connect(self.seal)

    @property
    def can_undo(self) -> bool:
        return self._stack.canUndo() and not self._run.active

    @property
    def can_redo(self) -> bool:
        return self._stack.canRedo() and not self._run.active

    @property
    def undo_what(self) -> str:
        """The step that `undo` would take back, e.g. “Learning rate”; empty for none."""
        return self._what_of(self._stack.index() - 1)

    @property
    def redo_what(self) -> str:
        return self._what_of(self._stack.index())

    def _what_of(self, row: int) -> str:
        command = self._stack.command(row)
        return translate(*command.edit.what) if isinstance(command, Command) else ""

    def undo(self) -> None:
        if self.can_undo:
            self._stack.undo()

    def redo(self) -> None:
        if self.can_redo:
            self._stack.redo()

    def seal(self) -> None:
        """What is edited from here on is a step of its own, e.g. as another field has the focus."""
        self._seals += 1

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """What is set within is the studio's doing and no step."""
        before, self._is_recording = self._is_recording, False
        try:
            yield
        finally:
            self._is_recording = before

    def _push(self, edit: Edit) -> None:
        self._stack.push(Command(edit))

    def _on_settings_changed(self) -> None:
        network = self._network
        new: dict[str, object] = {**dict(network.config), PRESET: network.preset.name}
        old, self._values = self._values, new
        changed = {name: value for name, value in old.items() if value != new[name]}
        if not changed or not self._is_recording:
            return
        names = list(changed)
        is_number = len(names) == 1 and type(new[names[0]]) in (int, float)
        self._push(
            Edit(
                self._what(names, network.config),
                self._set,
                changed,
                {name: new[name] for name in names},
                hash((names[0], self._seals)) & 0x7FFFFFFF if is_number else NEVER_MERGED,
            )
        )

    def _what(self, names: list[str], config: RunConfig) -> tuple[str, str]:
        from tlstudio.core.config import FIELD_BY_NAME

        if "model" in names:
            return "core", FIELD_BY_NAME["model"].text.title
        if "trainable" in names and config.strategy == "custom":
            return "UndoState", QT_TRANSLATE_NOOP("UndoState", "Ticks in the tree")
        if "strategy" in names:
            return "core", FIELD_BY_NAME["strategy"].text.title
        if len(names) == 1 and names != [PRESET]:
            return "core", FIELD_BY_NAME[names[0]].text.title
        return "UndoState", QT_TRANSLATE_NOOP("UndoState", "Settings")

    def _set(self, values: Mapping[str, object]) -> None:
        settings = {name: value for name, value in values.items() if name != PRESET}
        config = self._network.config.changed(**settings)
        with self.unrecorded():
            self._network.set_config(config, str(values.get(PRESET, "")))

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        before, self._index = self._index, index
        if before is None or index is None or before.root != index.root:
            self._forget_splits()
            return
        awaited, self._awaited = self._awaited, None
        configs = before.split_config, index.split_config
        if None in configs and not any(config and config.anew for config in configs):
            return  # the folder says it now, or no longer
        old, new = (config or SplitConfig() for config in configs)
        if old != new and new != awaited:
            self._push(Edit(_SPLIT, self._split, old, new, is_of_dataset=True))

    def _split(self, config: SplitConfig) -> None:
        self._awaited = config
        self._datasets.split(config)

    def _on_dataset_edited(self, before: Manifest, after: Manifest) -> None:
        if self._is_recording:
            self._push(Edit(_IMAGES, self._edit, before, after, is_of_dataset=True))

    def _edit(self, manifest: Manifest) -> None:
        with self.unrecorded():
            self._datasets.edit(manifest)

    def _forget_splits(self) -> None:
        """They mean nothing to another dataset; settings do."""
        self._awaited = None
        commands = [self._stack.command(row) for row in range(self._stack.index())]
        edits = [command.edit for command in commands if isinstance(command, Command)]
        if any(edit.is_of_dataset for edit in edits) or self._stack.canRedo():
            self._stack.clear()
            for edit in edits:
                if not edit.is_of_dataset:
                    self._push(edit)
