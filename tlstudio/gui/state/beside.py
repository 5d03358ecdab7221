"""The networks that are looked at side by side; Layers and Picture show the same set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.network import NetworkState

if TYPE_CHECKING:
    from tlstudio.core.networks.blocks.side_by_side import SideBySide
    from tlstudio.core.settings import Settings


class BesideState(QObject):
    """A set of networks, and what the engine made of it; an empty set is just the chosen network.

    Signals:
        changed(): another set, or what was made of it came, or failed.
    """

    changed = Signal()

    def __init__(
        self, network: NetworkState, pool: TaskPool, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._network = network
        self._pool = pool
        self._chosen = ""
        self._task: Task | None = None
        self.models: tuple[str, ...] = ()
        self.value: SideBySide | None = None
        self.failure: TLStudioError | None = None
        network.settings_changed.connect(self._on_settings_changed)

    def show(self, models: Iterable[str]) -> None:
        """Look at a set; fewer than two networks are no set, and what is beyond six is left out."""
        from tlstudio.core.networks.blocks.side_by_side import LEAST, MOST

        wanted = tuple(dict.fromkeys(models))[:MOST]
        wanted = wanted if len(wanted) >= LEAST else ()
        self._chosen = self._network.config.model if wanted else ""
        if wanted != self.models:
            self.models = wanted
            self.retry()

    def end(self) -> None:
        """Look at the chosen network alone."""
        self.show(())

    def retry(self) -> None:
        """Have the set made once more, after a failure."""
        if self._task is not None:
            self._task.cancel()
        self._task = self.value = self.failure = None
        if self.models:
            self._task = self._pool.submit(
                jobs.side_by_side, self.models, done=self._on_made, failed=self._on_failed
            )
        self.changed.emit()

    def _on_settings_changed(self, settings: Settings) -> None:
        """Whoever chooses another network wants to see that one."""
        if self.models and settings.config.model != self._chosen:
            self.end()

    def _on_made(self, value: SideBySide) -> None:
        self._task, self.value = None, value
        self.changed.emit()

    def _on_failed(self, error: TLStudioError) -> None:
        self._task, self.failure = None, error
        self.changed.emit()
