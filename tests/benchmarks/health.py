"""The health check of many images: seconds of each stage, and the most memory that it took.

    python -m tests.benchmarks.health PHOTOS [--images 10000] [--px 500]

Makes that many JPEG files first, each a blend of two pieces of PHOTOS, so that no two are alike,
in ten classes, a hundredth of them copies. Then the check as the window makes it, in a process of
its own with an empty cache, and once more with what is remembered.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image

from tests.benchmarks.machine import described, machine_facts

CLASSES = 10


def make(photos: Path, root: Path, count: int, px: int) -> None:
    """Write the images."""
    random = np.random.default_rng(0)
    sources = [Image.open(p).convert("RGB") for p in sorted(photos.rglob("*.jpg"))]

    def piece(size: tuple[int, int]) -> Image.Image:
        source = sources[random.integers(len(sources))]
        share = random.uniform(0.4, 0.8)
        width, height = round(share * source.width), round(share * source.height)
        x = random.integers(source.width - width)
        y = random.integers(source.height - height)
        cut = source.crop((x, y, x + width, y + height)).resize(size)
        return cut.transpose(Image.Transpose(random.integers(4)))

    before = b""
    for number in range(count):
        split = "val" if number // CLASSES % 5 == 0 else "train"
        path = root / split / f"class{number % CLASSES}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number % 100 == 99:
            path.write_bytes(before)
            continue
        size = (px, round(px * random.uniform(0.6, 1.0)))
        a, b = piece(size), piece((size[0], size[1]))
        Image.blend(a.resize(size), b.resize(size), 0.5).save(path, quality=88)
        before = path.read_bytes()


def check(root: Path, *, is_network_left_out: bool) -> dict[str, object]:
    """Seconds by stage, by the clock and of the processor, and what was found."""
    from tlstudio.core.health import HealthProgressed, HealthReport
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.data.sources import open_dataset
    from tlstudio.engine.health.check import check_dataset, sampled
    from tlstudio.engine.probing.dataset_features import DatasetFeatures, dataset_features

    seconds: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    begin = (time.perf_counter(), time.process_time())

    def lap(stage: str) -> None:
        nonlocal begin
        now = (time.perf_counter(), time.process_time())
        for n in range(2):
            seconds[stage][n] += now[n] - begin[n]
        begin = now

    index, stop = open_dataset(root), StopToken()
    lap("opening")
    chosen = sampled(index)
    if is_network_left_out:
        targets = np.array([sample.class_index for sample in chosen.samples], dtype=np.int64)
        random = np.random.default_rng(0)
        vectors = random.exponential(1, (CLASSES, 1280))[targets]
        vectors = vectors + random.exponential(1, (len(targets), 1280))
        features = DatasetFeatures(
            "made",
            tuple(sample.image for sample in chosen.samples),
            vectors.astype(np.float32),
            targets,
            tuple(sample.split for sample in chosen.samples),
        )
    else:
        *_, features = dataset_features(chosen, stop)
        assert isinstance(features, DatasetFeatures)
    lap("features")
    feature_mb = _peak_mb()
    stage, report = "", None
    for step in check_dataset(index, stop, features):
        lap(stage or "sizes and times of the files")
        if isinstance(step, HealthProgressed):
            stage = str(step.stage)
        elif isinstance(step, HealthReport):
            report = step
    assert report is not None
    return {
        "seconds, of the processor": {
            name: [round(value, 2) for value in values] for name, values in seconds.items()
        },
        "found": {kind: len(rows) for kind, rows in report.by_kind.items()},
        "skipped": [f"{row.kind}: {row.reason}" for row in report.skipped],
        "peak_mb": {"after features": feature_mb, "at the end": _peak_mb()},
    }


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--px", type=int, default=500)
    parser.add_argument("--check", action="store_true", help="what the process of its own is given")
    parser.add_argument(
        "--no-network",
        action="store_true",
        help="features are made up: what the rest takes, without the network's time",
    )
    arguments = parser.parse_args()
    if arguments.check:
        print(json.dumps(check(arguments.photos, is_network_left_out=arguments.no_network)))
        return
    print(described(machine_facts()))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "images"
        make(arguments.photos, root, arguments.images, arguments.px)
        size = sum(file.stat().st_size for file in root.rglob("*.jpg"))
        print(f"{arguments.images:,} images of {arguments.px} px, {size >> 20} MB")
        environment = {**os.environ, "TLSTUDIO_HOME": f"{folder}/home"}
        command = [sys.executable, "-m", "tests.benchmarks.health", str(root), "--check"]
        command += ["--no-network"] if arguments.no_network else []
        for what in ("the first time", "again"):
            end = subprocess.run(command, env=environment, capture_output=True, text=True)
            if end.returncode:
                sys.exit(end.stderr)
            print(what)
            for name, value in json.loads(end.stdout).items():
                print(f"  {name}: {value}")


if __name__ == "__main__":
    main()
