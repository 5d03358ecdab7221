"""Pictures and datasets for the checks, made of noise so that no two are alike by chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.health.finding import Finding, HealthReport
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.health.check import check_dataset
from tlstudio.engine.probing.dataset_features import DatasetFeatures


def picture(seed: int, size: tuple[int, int] = (96, 80)) -> Image.Image:
    """Blobs of colour with fine noise on them: as different from other seeds as two photos are."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)
    fine = random.normal(0, 8, smooth.shape)
    return Image.fromarray(np.clip(smooth + fine, 0, 255).astype(np.uint8))


def save(path: Path, image: Image.Image, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


def dataset(root: Path, per_class: int = 6) -> Path:
    """Two classes with train and val folders; nothing is wrong with it."""
    seed = 0
    for split in ("train", "val"):
        for name in ("ants", "bees"):
            for number in range(per_class):
                save(root / split / name / f"{number}.png", picture(seed))
                seed += 1
    return root


def checked(root: Path | DatasetIndex, **options: object) -> HealthReport:
    index = root if isinstance(root, DatasetIndex) else open_dataset(root)
    last = list(check_dataset(index, StopToken(), **options))[-1]  # type: ignore[arg-type]
    assert isinstance(last, HealthReport)
    return last


def names(finding: Finding) -> list[str]:
    return [image.key for image in finding.images]


def features_of(index: DatasetIndex, **own: np.ndarray) -> DatasetFeatures:
    """Vectors around one place for each class; `own` ones by file name."""
    random = np.random.default_rng(0)
    centres = random.normal(0, 1, (2, 24))
    rows = [
        own.get(s.image.name.partition(".")[0], centres[s.class_index] + random.normal(0, 0.5, 24))
        for s in index.samples
    ]
    return DatasetFeatures(
        "made",
        tuple(sample.image for sample in index.samples),
        np.array(rows, dtype=np.float32),
        np.array([sample.class_index for sample in index.samples]),
        tuple(sample.split for sample in index.samples),
    )
