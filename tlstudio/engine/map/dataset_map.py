"""Where the images of a dataset lie on its map; kept on disk for the next time."""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from tlstudio.core.config.run_config import ON_BOARD_MODEL
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import StorageError
from tlstudio.core.evaluation.novelty import nearest_rows, unit_rows
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import atomic_write, cache_dir
from tlstudio.engine.features.blocks import trim
from tlstudio.engine.map.pca import principal_components
from tlstudio.engine.map.tsne import FEWEST, STEPS, tsne
from tlstudio.engine.probing.dataset_features import DatasetFeatures

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)

FORMAT = 1  # to be raised when layouts are computed otherwise
MAX_DISK_BYTES = 64 << 20
_NEIGHBOURS = 10  # that say where a new image belongs


@dataclass(frozen=True, slots=True, eq=False)
class DatasetMap:
    """A layout of images, perhaps on its way.

    Attributes:
        model: the network that compared them.
        images: ``N`` of them, by name.
        positions: float32 ``[N, 2]``, of any scale.
        step, steps: of the layout; step 0 is that of the principal components.
    """

    model: str
    images: tuple[ImageRef, ...]
    positions: NDArray[np.float32]
    step: int = STEPS
    steps: int = STEPS

    @property
    def is_final(self) -> bool:
        """Whether it is as it will be, and kept."""
        return self.step == self.steps


def known_map(index: DatasetIndex, model: str = ON_BOARD_MODEL) -> DatasetMap | None:
    """The map of exactly these files from before; None without one.

    Looks at the size and time of each file, and runs no network.
    """
    images = _by_name(sample.image for sample in index.samples)
    kept = _read(_signature(images, model), len(images))
    if kept is None:
        return None
    positions, is_there = kept
    there = tuple(image for image, known in zip(images, is_there, strict=True) if known)
    return DatasetMap(model, there, positions)


def dataset_map(
    features: DatasetFeatures, index: DatasetIndex, stop: StopToken
) -> Iterator[DatasetMap]:
    """Lay the images out; at once where that was done before. Equal images give equal maps.

    Args:
        features: of the images of `index`.
        index: how it is split and what is left out do not matter if `features` know all images.
        stop: read before every step.

    Yields:
        The principal components first, then the layout on its way, the last one as it is kept.
        Where it is stopped, what came last is not kept.
    """
    images = _by_name(features.images)
    rows = np.array([features.rows[image] for image in images], dtype=np.int64)
    vectors = unit_rows(features.vectors[rows])
    digest = hashlib.blake2b(f"{FORMAT} {features.model}".encode(), digest_size=16)
    digest.update(np.ascontiguousarray(vectors).data)
    name = digest.hexdigest()
    kept = _read(name, len(images))
    if kept is not None:
        positions = kept[0]
        yield DatasetMap(features.model, images, positions)
    else:
        positions = np.zeros((0, 2), dtype=np.float32)
        for positions, step in _laid_out(torch.from_numpy(vectors), stop):
            yield DatasetMap(features.model, images, positions, step)
        if stop.stopped:
            return
        _keep(name, positions, np.ones(len(images), dtype=bool))
    every, there = _by_name(sample.image for sample in index.samples), frozenset(images)
    is_there = np.array([image in there for image in every], dtype=bool)
    _keep(_signature(every, features.model), positions, is_there)


def places_of(
    vectors: NDArray[np.float32], features: DatasetFeatures, known: DatasetMap
) -> NDArray[np.float32]:
    """Where new images belong on a map, which stays as it is: ``[M, 2]`` for ``[M, F]``.

    Each lies amid its nearest neighbours, in the middle of most of them (their median), so that one
    between two groups joins one instead of lying where nothing is.
    """
    place_of = {image: place for place, image in enumerate(known.images)}
    shared = [(row, place_of[i]) for row, i in enumerate(features.images) if i in place_of]
    rows, places = np.array(shared, dtype=np.int64).reshape(-1, 2).T
    count = min(_NEIGHBOURS, len(rows))
    numbers, _ = nearest_rows(unit_rows(vectors), unit_rows(features.vectors[rows]), count)
    return np.asarray(np.median(known.positions[places[numbers]], axis=1), dtype=np.float32)


def _laid_out(vectors: torch.Tensor, stop: StopToken) -> Iterator[tuple[NDArray[np.float32], int]]:
    if len(vectors) >= FEWEST:
        for layout in tsne(vectors, stop):
            yield layout.positions.numpy(), layout.step
    elif len(vectors):
        flat = torch.zeros(len(vectors), 2)
        components = principal_components(vectors, 2)
        flat[:, : components.shape[1]] = components
        yield flat.numpy(), STEPS


def _by_name(images: Iterable[ImageRef]) -> tuple[ImageRef, ...]:
    """Each image once, in an order that no split or class changes."""
    return tuple(sorted(dict.fromkeys(images), key=str))


def _signature(images: Sequence[ImageRef], model: str) -> str:
    digest = hashlib.blake2b(f"{FORMAT} {model}".encode(), digest_size=16)
    for image in images:
        try:
            status = image.stat()
            facts = f"{image}\0{status.size_bytes}\0{status.mtime_ns}\0{status.ctime_ns}\n"
        except OSError:
            facts = f"{image}\n"
        digest.update(facts.encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _path(name: str) -> Path:
    return cache_dir() / "maps" / name / "map.npz"


def _read(name: str, count: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]] | None:
    """Positions, and which of `count` images they are of; None where nothing of use is kept."""
    try:
        content = _path(name).read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            positions = file["positions"].astype(np.float32).reshape(-1, 2)
            is_there = file["is_there"].astype(bool).reshape(-1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        _log.warning("a kept map cannot be read: %s", error)
        return None
    if len(is_there) != count or is_there.sum() != len(positions):
        return None
    return positions, is_there


def _keep(name: str, positions: NDArray[np.float32], is_there: NDArray[np.bool_]) -> None:
    """Write it for the next time; without it the map is laid out again."""
    buffer = io.BytesIO()
    np.savez(buffer, positions=positions, is_there=is_there)
    try:
        atomic_write(_path(name), buffer.getvalue())
    except StorageError as error:
        _log.warning("the map is not kept for the next time: %s", error)
    else:
        trim(cache_dir() / "maps", MAX_DISK_BYTES)
