"""The peak of memory while large images of every kind are read by several threads at once.

``python -m tests.benchmarks.decoding`` makes a dozen images of 12 to 200 megapixels in a temporary
folder and reads each as a thumbnail, for validation and for training. Printed is what the process
took on top of PyTorch; the promise is 300 MB.
"""

from __future__ import annotations

import resource
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import torchvision.io  # noqa: F401 - part of what is there before
from PIL import Image

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.data.images import thumbnail
from tlstudio.engine.data.store import read_picture, read_view
from tlstudio.engine.memory import share_one_heap

THREADS = 8
SQUARE = (7900, 7900)
IMAGES: tuple[tuple[str, str, tuple[int, int]], ...] = (
    ("phone_108.jpg", "RGB", (12000, 9000)),
    ("phone_200.jpg", "RGB", (16320, 12240)),
    ("panorama.jpg", "RGB", (16384, 4000)),
    ("print.jpg", "CMYK", SQUARE),
    ("row.png", "L", (64_000_000, 1)),
    ("alpha.png", "RGBA", SQUARE),
    ("deep.png", "I;16", SQUARE),
    ("float.tif", "F", SQUARE),
    ("plain.bmp", "RGB", SQUARE),
    ("palette.gif", "P", SQUARE),
    ("large.webp", "RGB", SQUARE),
    ("photo.webp", "RGB", (4000, 3000)),
)


def peak_mb() -> float:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(path: Path, way: int) -> str:
    """Read a file in one of three ways; why it could not be, or nothing."""
    ref, preprocessing = ImageRef.of_file(path), Preprocessing()
    try:
        if way == 0:
            thumbnail(ref, 256)
        else:
            (read_view, read_picture)[way - 1](ref, preprocessing)
    except ImageError as error:
        return f"{path.name}: {error}"
    return ""


def make(folder: Path) -> None:
    """Write the images; in a process of its own, as that takes memory, too."""
    for name, mode, size in IMAGES:
        Image.new(mode, size).save(folder / name)


def main() -> None:
    import multiprocessing

    share_one_heap()
    with tempfile.TemporaryDirectory() as name:
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(Path(name),))
        maker.start()
        maker.join()
        before = peak_mb()
        work = list(product(sorted(Path(name).iterdir()), range(3)))
        with ThreadPoolExecutor(THREADS) as pool:
            failed = {text for text in pool.map(lambda job: read(*job), work) if text}
    for text in sorted(failed):
        print(text)
    print(f"{len(work)} readings by {THREADS} threads: {peak_mb() - before:.0f} MB")


if __name__ == "__main__":
    main()
