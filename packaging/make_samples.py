"""Draw the sample data set that ships with TLStudio: an autumn table in five classes.

    python packaging/make_samples.py                 # rewrites resources/samples/autumn_table
    python packaging/make_samples.py --out DIR --train 10 --val 4 --seed 7

Needs NumPy and Pillow.  Every picture is computed (see packaging/samples): nothing is photographed
or copied.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from samples.scene import photograph  # noqa: E402
from samples.shapes import CLASSES  # noqa: E402

DEFAULT_OUT = Path(__file__).resolve().parents[1] / "resources" / "samples" / "autumn_table"


def draw(job: tuple[Path, tuple[int, ...], str, float]) -> int:
    path, seed, name, hardness = job
    path.parent.mkdir(parents=True, exist_ok=True)
    data = photograph(seed, name, hardness)
    path.write_bytes(data)
    return len(data)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Draw TLStudio's sample data set.")
    parser.add_argument(
        "--out",
        type=Path,
        default=DEFAULT_OUT,
        help="folder to write (its train and val are replaced)",
    )
    parser.add_argument("--train", type=int, default=40, help="training images per class")
    parser.add_argument("--val", type=int, default=16, help="validation images per class")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--hardness", type=float, default=0.8, help="0: plain studio shots; 1: many awkward ones"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(argv)

    jobs = []
    for part, (split, count) in enumerate((("train", args.train), ("val", args.val))):
        shutil.rmtree(args.out / split, ignore_errors=True)
        for c, name in enumerate(sorted(CLASSES)):
            for i in range(count):
                path = args.out / split / name / f"{name}_{i + 1:03d}.jpg"
                jobs.append((path, (args.seed, part, c, i), name, args.hardness))
    with ProcessPoolExecutor(args.jobs) as pool:
        size = sum(pool.map(draw, jobs, chunksize=2))
    print(f"{len(jobs)} images, {size / 1e6:.2f} MB, in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
