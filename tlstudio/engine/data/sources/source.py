"""The interface of dataset sources: each recognises a format and makes an index of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tlstudio.core.data.dataset import DatasetIndex, SplitConfig
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.runs.events import StopToken

Progress = Callable[[int, int], None]


class SampleSource(Protocol):
    """A dataset source: a row of `opening.DATASET_SOURCES`.

    Its samples say themselves how they are opened: where they are not files in a folder
    (`FolderContainer`), a source brings a container of its own (`core.data.image_ref`).
    `indexing.make_index` splits, counts and warns for every source alike.
    """

    @property
    def name(self) -> str:
        """The name of the format."""

    def recognises(self, path: Path) -> bool:
        """Whether `path` is of this format, from a glance at it."""

    def index(
        self,
        path: Path,
        split: SplitConfig,
        options: ReadOptions,
        *,
        stop: StopToken | None = None,
        on_progress: Progress | None = None,
    ) -> DatasetIndex:
        """Look at every image once.

        Args:
            path: that `recognises` said yes to.
            split: how to split where the dataset does not say.
            options: how to read it, where a person chose.
            stop: ends the look early.
            on_progress: called with (images looked at, images) every now and then.

        Raises:
            DatasetError: there is nothing in it to learn from, or the look was stopped.
        """
