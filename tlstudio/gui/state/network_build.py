"""Builds what a view shows of the chosen network: on demand, and never out of date."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.networks.layers import LayerTree
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state.network import NetworkState


class NetworkBuild(QObject):
    """Lets the engine make one thing of each network that is chosen while somebody looks.

    What comes of a network that is no longer chosen is dropped. After a failure nothing is asked
    for until a person tries again, or chooses another network.

    Signals:
        changed(): something is waited for, or failed.
        built(object): what was made of the chosen network.
    """

    changed = Signal()
    built = Signal(object)

    def __init__(
        self,
        network: NetworkState,
        pool: TaskPool,
        job: Callable[[str, int, BuildConfig], object],
        parent: QObject | None = None,
    ) -> None:
        """`job` takes a model, the number of its classes, and how it is built."""
        super().__init__(parent)
        self._network = network
        self._pool = pool
        self._job = job
        self._task: Task | None = None
        self._asked: _Question | None = None
        self._answered: _Question | None = None
        self._failure: TLStudioError | None = None
        self._num_classes: int | None = None
        self._is_watched = False
        network.tree_changed.connect(self._on_tree_changed)
        network.engine_ready.connect(self.changed)
        network.failed.connect(self._on_network_failed)

    @property
    def is_current(self) -> bool:
        """Whether what was built last is of the chosen network, with whatever head."""
        tree = self._network.tree
        return tree is not None and self._answered is not None and self._answered[0] is tree

    @property
    def failure(self) -> TLStudioError | None:
        """Why there is nothing, of this or of the network itself."""
        return self._failure or (self._network.failure if self._network.tree is None else None)

    def watch(self, is_watched: bool) -> None:
        """Somebody looks, or no longer."""
        self._is_watched = is_watched
        if is_watched:
            self._ask()

    def set_num_classes(self, num_classes: int | None) -> None:
        """Set another number of classes than would be trained; None for that number."""
        self._num_classes = num_classes
        self._ask()

    def retry(self) -> None:
        """Try again after a failure."""
        self._failure = None
        if self._network.tree is None:
            self._network.retry()
        self._ask()

    def _on_tree_changed(self, tree: LayerTree | None) -> None:
        self._failure = None
        self._ask()

    def _ask(self) -> None:
        tree = self._network.tree
        wanted = None if tree is None else (tree, self._num_classes or tree.num_classes)
        if self._task is not None and not _is_same(wanted, self._asked):
            self._task.cancel()
            self._task = None
        if (
            wanted is not None
            and self._task is None
            and not _is_same(wanted, self._answered)
            and self._failure is None
            and self._is_watched
        ):
            self._asked = wanted
            self._task = self._pool.submit(
                self._job,
                wanted[0].model,
                wanted[1],
                self._network.build,
                done=self._on_built,
                failed=self._on_failed,
            )
        self.changed.emit()

    def _on_built(self, answer: object) -> None:
        self._task = None
        self._answered = self._asked
        self.built.emit(answer)

    def _on_failed(self, error: TLStudioError) -> None:
        self._task = None
        self._failure = error
        self.changed.emit()

    def _on_network_failed(self, error: TLStudioError) -> None:
        self.changed.emit()


_Question = tuple[LayerTree, int]  # and the number of its classes


def _is_same(one: _Question | None, other: _Question | None) -> bool:
    """An equal tree that was built anew comes with other inputs."""
    if one is None or other is None:
        return one is other
    return one[0] is other[0] and one[1] == other[1]
