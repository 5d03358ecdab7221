"""The map of 20,000 points, and whether the learning curve foretells what is then measured.

    python -m tests.benchmarks.map [--points 20000] [--data DIR]

Prints the time of t-SNE (wall and processor), how near it keeps what is near, the frames while a
person pans and zooms, and, with a dataset in two splits, how often the interval foretold from half
of the training images holds what all of them bring.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import torch
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from sklearn.manifold import trustworthiness

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.learning_curve import LearningCurve
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.map.pca import principal_components
from tlstudio.engine.map.tsne import DIMENSIONS, tsne
from tlstudio.engine.probing.dataset_features import DatasetFeatures, dataset_features
from tlstudio.engine.probing.learning_curve import learning_curve

FEATURES, GROUPS = 1280, 20
JUDGED = 2000  # points; scikit-learn compares all pairs of them
FRAMES = 300
HALVES = 20
NEIGHBOURS = 15


def synthetic(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors as a head is given them: groups of uneven size and width that overlap."""
    random = np.random.default_rng(0)
    groups = random.choice(GROUPS, points, p=random.dirichlet(np.full(GROUPS, 4.0)))
    centres = random.normal(size=(GROUPS, 64)) * 1.6
    narrow = (
        centres[groups]
        + random.normal(size=(points, 64)) * random.uniform(0.7, 1.2, GROUPS)[groups][:, None]
    )
    wide = narrow @ random.normal(size=(64, FEATURES)) / 8
    return np.maximum(wide, 0).astype(np.float32), groups


def measure_layout(vectors: np.ndarray) -> np.ndarray:
    begin, busy = time.perf_counter(), time.process_time()
    for layout in tsne(torch.from_numpy(vectors), StopToken()):
        if layout.step in (0, 10):
            spent = time.perf_counter() - begin, time.process_time() - busy
            print(f"step {layout.step}: {spent[0]:.1f} s, processor {spent[1]:.1f} s", flush=True)
    spent = time.perf_counter() - begin, time.process_time() - busy
    print(f"t-SNE of {len(vectors):,}: {spent[0]:.1f} s, processor {spent[1]:.1f} s", flush=True)
    some = np.random.default_rng(1).choice(len(vectors), min(JUDGED, len(vectors)), replace=False)
    narrow = principal_components(torch.from_numpy(vectors), DIMENSIONS).numpy()
    for name, flat in (("t-SNE", layout.positions.numpy()), ("PCA", narrow[:, :2])):
        kept = trustworthiness(narrow[some], flat[some], n_neighbors=NEIGHBOURS)
        print(f"trustworthiness of {name}, among {len(some):,}: {kept:.3f}")
    return layout.positions.numpy()


def measure_frames(positions: np.ndarray, groups: np.ndarray) -> None:
    from tlstudio.gui.features.map.canvas import MapCanvas
    from tlstudio.gui.features.map.colouring import Coloured, ColourGroup, class_colours
    from tlstudio.gui.kit import theme
    from tlstudio.gui.kit.tasks import TaskPool
    from tlstudio.gui.kit.thumbnails import ThumbnailCache

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, theme.Scheme.LIGHT)
    pool = TaskPool(1)
    canvas = MapCanvas(
        ThumbnailCache(pool, lambda _image, size: np.zeros((size, size, 3), np.uint8))
    )
    canvas.resize(1280, 800)
    canvas.set_images(
        [ImageRef.of_file(Path(f"/{n}.png")) for n in range(len(positions))], positions
    )
    colours = [ColourGroup(str(n), colour) for n, colour in enumerate(class_colours(GROUPS))]
    canvas.set_coloured(Coloured(tuple(colours), groups), [""] * len(positions))
    canvas.show()
    app.processEvents()

    def frames(name: str, move: object) -> None:
        spent, busy = [], time.thread_time()
        for number in range(FRAMES):
            begin = time.perf_counter()
            move(number)  # type: ignore[operator]
            canvas.repaint()
            spent.append(1000 * (time.perf_counter() - begin))
        cuts = statistics.quantiles(spent, n=100)
        mean = 1000 * (time.thread_time() - busy) / FRAMES
        print(
            f"{name}: a frame p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, "
            f"longest {max(spent):.1f} ms, processor {mean:.1f} ms"
        )

    turn = [QPointF(9 * np.cos(n / 40), 7 * np.sin(n / 25)) for n in range(FRAMES)]
    frames("pan, all in sight", lambda n: canvas.pan(turn[n]))
    canvas.zoom(3.0)
    frames("pan, three times as near", lambda n: canvas.pan(turn[n]))
    canvas.fit()
    frames("zoom in and out", lambda n: canvas.zoom(1.04 if n % 60 < 30 else 1 / 1.04))
    canvas.fit()
    frames("hover", lambda n: canvas._hover(canvas.point_at(QPointF(3 * n, 2 * n)), QPointF()))
    frames("choose 1,000 others", lambda n: canvas.select(range(n, n + 1000)))
    pool.close()


def measure_foresight(data: Path) -> None:
    index = open_dataset(data)
    *_, features = dataset_features(index, StopToken())
    assert isinstance(features, DatasetFeatures)
    whole = _curve(features, index.classes)
    measured = float(whole.overall.means[-1])
    held, errors, widths = 0, [], []
    for seed in range(HALVES):
        half = _half(features, seed)
        foretold = _curve(half, index.classes).overall.at(float(whole.overall.sizes[-1]))
        held += foretold.low <= measured <= foretold.high
        errors.append(abs(foretold.value - measured))
        widths.append(foretold.high - foretold.low)
    print(
        f"{index.name}: measured with all {whole.overall.train} training images {measured:.3f}; "
        f"foretold from a half, {HALVES} times: within the interval {held} times, "
        f"mean error {100 * statistics.mean(errors):.1f} points, "
        f"mean width {100 * statistics.mean(widths):.1f} points"
    )
    for note in whole.notes:
        print(f"  {note}")


def _curve(features: DatasetFeatures, classes: tuple[str, ...]) -> LearningCurve:
    *_, curve = learning_curve(features, classes, StopToken())
    assert isinstance(curve, LearningCurve)
    return curve


def _half(features: DatasetFeatures, seed: int) -> DatasetFeatures:
    """Without half of the training images of each class."""
    random = np.random.default_rng(seed)
    is_train = np.array([split is Split.TRAIN for split in features.splits])
    taken = ~is_train
    for index in np.unique(features.targets):
        own = random.permutation(np.flatnonzero(is_train & (features.targets == index)))
        taken[own[: (len(own) + 1) // 2]] = True
    rows = np.flatnonzero(taken)
    return DatasetFeatures(
        features.model,
        tuple(features.images[row] for row in rows),
        features.vectors[rows],
        features.targets[rows],
        tuple(features.splits[row] for row in rows),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--data", type=Path, help="a dataset whose split is given")
    arguments = parser.parse_args()
    if arguments.points:
        vectors, groups = synthetic(arguments.points)
        measure_frames(measure_layout(vectors), groups)
    if arguments.data is not None:
        measure_foresight(arguments.data)


if __name__ == "__main__":
    main()
