"""Plants faults among real photos and counts which of them the health check finds.

``python -m tests.benchmarks.planted --data DIR`` with any folder of photos with train/ and val/;
README's figures are of 385 photos of food in four classes. Planted are 20 exact copies, 20 saved
again or cropped, 10 across the split, 15 wrong labels, 10 strangers. Printed are recall (how many
of the planted ones were found) and precision (how many of the found ones were planted); what the
dataset had of its own before is counted as wrong, so precision is at least what is printed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw

from tests.benchmarks.machine import described, machine_facts
from tlstudio.core.health.finding import Finding, HealthReport
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import resources_dir

EXACT, NEAR, ACROSS, WRONG, STRANGERS = 20, 20, 10, 15, 10


class Planting:
    """A copy of a dataset with faults; `planted` has the files of each kind of finding."""

    def __init__(self, data: Path, root: Path, seed: int) -> None:
        shutil.copytree(data, root)
        self._random, self._root = random.Random(seed), root
        self._free = {
            split: sorted(p for p in (root / split).rglob("*") if p.suffix == ".jpg")
            for split in ("train", "val")
        }
        for files in self._free.values():
            self._random.shuffle(files)
        self.planted: dict[str, set[str]] = {}
        self._plant("exact_copies", [self._copy(self._take("train")) for _ in range(EXACT)])
        near = [self._changed(self._take("train"), number) for number in range(NEAR)]
        self._plant("near_copies", near)
        across = []
        for number in range(ACROSS):
            source = self._take("val")
            target = root / "train" / source.parent.name / f"leak-{number}.jpg"
            if number % 2:
                shutil.copy(source, target)
            else:
                _save_again(source, target, number)
            across.append(target)
        self._plant("leaks", across)
        self._plant("labels", [self._move(self._take("train")) for _ in range(WRONG)])
        self._plant("strangers", [self._stranger(n) for n in range(STRANGERS)])

    def _take(self, split: str) -> Path:
        return self._free[split].pop()

    def _plant(self, kind: str, files: Iterable[Path]) -> None:
        self.planted[kind] = {file.relative_to(self._root).as_posix() for file in files}

    def _copy(self, source: Path) -> Path:
        return Path(shutil.copy(source, source.with_name(f"copy-{source.name}")))

    def _changed(self, source: Path, number: int) -> Path:
        target = source.with_name(f"near-{source.name}")
        if number % 2:
            _save_again(source, target, number)
        else:
            image = Image.open(source)
            width, height = image.size
            cut = 0.05 + 0.05 * self._random.random()  # of each side
            box = (cut * width, cut * height, (1 - cut) * width, (1 - cut) * height)
            image.crop(tuple(map(round, box))).save(target, quality=90)  # type: ignore[arg-type]
        return target

    def _move(self, source: Path) -> Path:
        others = sorted({f.parent for f in self._free["train"]} - {source.parent})
        target = self._random.choice(others) / source.name
        return Path(shutil.move(source, target))

    def _stranger(self, number: int) -> Path:
        """Screenshots of this program, pages of text, plain drawings."""
        folders = sorted({file.parent for file in self._free["train"]})
        target = folders[number % len(folders)] / f"stranger-{number}.jpg"
        pictures = sorted((resources_dir() / "guide" / "pictures").glob("*-en.webp"))
        if number < 5:
            image = Image.open(pictures[number * len(pictures) // 5]).convert("RGB")
            image.thumbnail((480, 480))
        else:
            image = Image.new("RGB", (307, 172), ("white", "beige", "navy")[number % 3])
            draw = ImageDraw.Draw(image)
            for line in range(9):
                if number % 2:
                    words = " ".join(["invoice", "total", "of", "page"][: 1 + line % 4])
                    draw.text((12, 12 + 17 * line), f"{line} {words} {number * line}", fill="grey")
                else:
                    draw.line((10, 160, 30 + 30 * line, 150 - 15 * (line % number)), fill="red")
        image.save(target, quality=90)
        return target


def _save_again(source: Path, target: Path, number: int) -> None:
    """Smaller and of lower quality, every third one mirrored."""
    image = Image.open(source)
    if number % 3 == 0:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    image.resize((image.width * 2 // 3, image.height * 2 // 3)).save(target, quality=60)


def report_on(root: Path) -> HealthReport:
    from tlstudio.engine.data.sources import open_dataset
    from tlstudio.engine.health.check import check_dataset
    from tlstudio.engine.probing.dataset_features import DatasetFeatures, dataset_features

    index, stop = open_dataset(root), StopToken()
    features = [e for e in dataset_features(index, stop) if isinstance(e, DatasetFeatures)]
    last = list(check_dataset(index, stop, *features))[-1]
    assert isinstance(last, HealthReport)
    return last


def keys(findings: Iterable[Finding], root: Path) -> list[frozenset[str]]:
    return [
        frozenset(image.path.relative_to(root).as_posix() for image in f.images if image.path)
        for f in findings
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    print(described(machine_facts()))
    with tempfile.TemporaryDirectory() as home:
        os.environ["TLSTUDIO_HOME"] = home
        clean = report_on(arguments.data)
        own = {kind: len(found) for kind, found in clean.by_kind.items()}
        print(f"of its own: {own or 'nothing'}")
        for seed in range(arguments.seeds):
            root = Path(home) / f"planted{seed}"
            planting = Planting(arguments.data, root, seed)
            report = report_on(root)
            print(f"seed {seed}")
            for kind, planted in planting.planted.items():
                found = keys(report.by_kind.get(kind, ()), root)
                hits = {key for group in found for key in group & planted}
                good = sum(bool(group & planted) for group in found)
                line = f"  {kind:13} planted {len(planted):3} found {len(hits):3}"
                print(f"{line} findings {len(found):3} of which planted {good:3}", end="")
                if kind == "labels":
                    first = {k for g in found[:WRONG] for k in g} & planted
                    print(f" (first {WRONG}: {len(first)})", end="")
                missed = sorted(planted - hits)
                print(f" missed {missed}" if missed else "")
            others = {k: len(f) for k, f in report.by_kind.items() if k not in planting.planted}
            print(f"  others: {others}")


if __name__ == "__main__":
    main()
