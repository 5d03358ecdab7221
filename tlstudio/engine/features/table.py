"""The features that a run needs, found in the cache or computed once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch

from tlstudio.core.data.dataset import Sample
from tlstudio.core.errors import ImageError, StorageError
from tlstudio.core.preferences import in_force
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.core.storage import cache_dir, check_room
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.ahead import ALONE, Readers, in_order
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.features.blocks import FeatureFolder, trim
from tlstudio.engine.features.frozen import FrozenPart
from tlstudio.engine.features.views import ViewRecord

_log = logging.getLogger(__name__)

BLOCK_BYTES = 64 << 20  # at most so much is lost when the program is killed


class FeatureTable:
    """Rows of features by view: in memory within a budget, else read from the cache's files.

    Args:
        frozen: computes what is missing.
        device: where it does so.
        store: of the images.
        batch_size: images that are computed together.
        in_memory: whether all rows fit into memory; else they stay in the files.
        readers: of the images.
    """

    def __init__(
        self,
        frozen: FrozenPart,
        device: torch.device,
        store: ImageStore,
        *,
        batch_size: int,
        in_memory: bool,
        readers: Readers = ALONE,
    ) -> None:
        self._readers = readers
        self._batch_size = batch_size
        self._frozen = frozen
        self._device = device
        self._store = store
        self.in_memory = in_memory
        self._rows: dict[bytes, torch.Tensor | None] = {}  # None for those in the files
        path = features_dir() / frozen.key(store.preprocessing, batch_size)
        self._folder: FeatureFolder | None = FeatureFolder(path, frozen.elements, frozen.dtype)

    def find(self, views: Sequence[ViewRecord]) -> tuple[int, list[ViewRecord]]:
        """Take what the cache has; returns how many that were, and the views that it lacks."""
        found, missing = 0, []
        for view in views:
            key = view.key
            if key in self._rows:
                continue
            row = self._folder.find(key) if self._folder else None
            if row is None:
                missing.append(view)
            else:
                self._rows[key] = row if self.in_memory else None
                found += 1
        if self.in_memory and self._folder is not None:
            self._folder.close()
        return found, missing

    def has(self, view: ViewRecord) -> bool:
        return view.key in self._rows

    def fill(
        self,
        missing: Sequence[ViewRecord],
        samples: Sequence[Sample],
        stop: StopToken,
        *,
        never_alone: bool = False,
    ) -> Iterator[int | SampleSkipped]:
        """Compute the features of `missing`, and keep them for other runs.

        Yields how many views each step dealt with. What was computed is kept also when `stop`
        ends it early, or the iterator is closed.

        Args:
            missing: the views to compute.
            samples: those that the views are of.
            stop: ends it after a batch.
            never_alone: whether a single image goes through the layers twice in one batch. Some
                processors round a batch of one image otherwise than larger ones, and training
                never sees one by itself.
        """

        def make(view: ViewRecord) -> torch.Tensor:
            return view.make(samples[view.index], self._store)

        if not self.in_memory:
            hint = QT_TRANSLATE_NOOP("core", "Make room, or let features be kept for fewer views.")
            check_room(features_dir(), len(missing) * self._frozen.row.bytes, hint)
        pending: list[tuple[bytes, torch.Tensor]] = []
        readable = [v for v in missing if not self._store.is_unreadable(samples[v.index].image)]
        if len(readable) < len(missing):
            yield len(missing) - len(readable)
        results = in_order(make, readable, self._readers)
        try:
            while batch := list(islice(results, self._batch_size)):
                if stop.stopped:
                    return
                views, pixels = [], []
                for view, result in batch:
                    try:
                        pixels.append(result())
                        views.append(view)
                    except ImageError as error:
                        yield SampleSkipped(str(samples[view.index].image), error.sentence)
                if pixels:
                    images = stack(pixels, self._store.preprocessing, self._device)
                    if never_alone and len(pixels) == 1:
                        images = torch.cat([images, images])
                    rows = self._frozen.rows(images)[: len(pixels)].cpu()
                    for view, row in zip(views, rows, strict=True):
                        self._rows[view.key] = row
                        if view.digest.is_of(samples[view.index].image):  # not changed meanwhile
                            pending.append((view.key, row))
                    if len(pending) * self._frozen.row.bytes >= BLOCK_BYTES:
                        self._keep(pending)
                yield len(batch)
        finally:
            results.close()
            self._keep(pending)

    def rows(self, views: Sequence[ViewRecord]) -> tuple[torch.Tensor, ...]:
        """Return the inputs of the layers above the cut, float32, for views that are there.

        Raises:
            StorageError: another program has changed the files meanwhile.
        """
        rows = torch.stack([self._row(view.key) for view in views])
        return self._frozen.unpack(rows.to(self._device))

    def _row(self, key: bytes) -> torch.Tensor:
        row = self._rows[key]
        if row is None and self._folder is not None:
            row = self._folder.find(key)
        if row is None:
            raise StorageError(
                QT_TRANSLATE_NOOP("core", "Another program has changed the kept features."),
                QT_TRANSLATE_NOOP("core", "Train again: they are computed once more."),
            )
        return row

    def _keep(self, pending: list[tuple[bytes, torch.Tensor]]) -> None:
        """Write rows to the cache; without it they stay in memory alone."""
        if not pending or self._folder is None:
            return
        keys = [key for key, _ in pending]
        try:
            self._folder.add(keys, torch.stack([row for _, row in pending]))
        except StorageError as error:
            if not self.in_memory:  # nowhere to put them
                raise
            _log.warning("features are not kept for other runs: %s", error)
            self._folder = None
        else:
            trim(features_dir(), in_force().features_limit_bytes)
            if not self.in_memory:
                self._rows.update(dict.fromkeys(keys))  # they need no memory any more
        pending.clear()


def features_dir() -> Path:
    """Return the folder of kept features."""
    return cache_dir() / "features"
