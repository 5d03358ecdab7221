"""Which file of a downloaded dataset belongs where: a row for each, by its name in the catalog.

An arrangement is given the folder with all that was unpacked, and yields where a file is and where
it belongs: ``train/<class>/<file>`` and so on, as the dataset's makers split it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tlstudio.engine.downloads.mat_file import read_vectors
from tlstudio.engine.downloads.unpacking import Wants

Placed = Iterator[tuple[Path, str]]

_PICTURES = (".jpg", ".jpeg", ".png", ".ppm")

_SIGNS = (
    "Speed limit 20",
    "Speed limit 30",
    "Speed limit 50",
    "Speed limit 60",
    "Speed limit 70",
    "Speed limit 80",
    "End of speed limit 80",
    "Speed limit 100",
    "Speed limit 120",
    "No passing",
    "No passing over 3.5 tons",
    "Right of way",
    "Priority road",
    "Yield",
    "Stop",
    "No vehicles",
    "No vehicles over 3.5 tons",
    "No entry",
    "General caution",
    "Dangerous curve left",
    "Dangerous curve right",
    "Double curve",
    "Bumpy road",
    "Slippery road",
    "Road narrows right",
    "Road work",
    "Traffic signals",
    "Pedestrians",
    "Children crossing",
    "Bicycles crossing",
    "Ice or snow",
    "Wild animals",
    "End of all limits",
    "Turn right ahead",
    "Turn left ahead",
    "Ahead only",
    "Straight or right",
    "Straight or left",
    "Keep right",
    "Keep left",
    "Roundabout",
    "End of no passing",
    "End of no passing over 3.5 tons",
)

_CLOTHES = (
    "T-shirt or top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a dataset becomes one that the studio opens.

    Attributes:
        place: where its unpacked files belong; None where the downloaded files stay as they are.
        wants: which files of its archives are needed.
        class_names: written beside its files where these have only numbers.
        opens: the file of it that is opened; empty for its folder.
    """

    place: Callable[[Path], Placed] | None = None
    wants: Wants = lambda path: path.suffix.lower() in _PICTURES
    class_names: tuple[str, ...] = ()
    opens: str = ""


def _without_first_folder(folder: Path) -> Placed:
    for path in _pictures(folder):
        yield path, "/".join(path.relative_to(folder).parts[1:])


def _emnist(folder: Path) -> Placed:
    for path in sorted(folder.rglob("emnist-balanced-*")):
        yield path, path.name


def _pets(folder: Path) -> Placed:
    for list_name, split in (("trainval.txt", "train"), ("test.txt", "test")):
        for line in (folder / "annotations" / list_name).read_text("ascii").splitlines():
            name = line.split()[0]
            class_name = name.rpartition("_")[0].replace("_", " ").title()
            yield folder / "images" / f"{name}.jpg", f"{split}/{class_name}/{name}.jpg"


def _flowers(folder: Path) -> Placed:
    from torchvision.datasets import Flowers102

    names: list[str] = getattr(Flowers102, "classes", [])
    labels = read_vectors(folder / "imagelabels.mat")["labels"]
    splits = read_vectors(folder / "setid.mat")
    for key, split in (("trnid", "train"), ("valid", "val"), ("tstid", "test")):
        for number in splits[key]:
            label = int(labels[number - 1])
            class_name = names[label - 1] if label <= len(names) else f"{label:03d}"
            file = f"image_{number:05d}.jpg"
            yield folder / "jpg" / file, f"{split}/{class_name}/{file}"


def _food(folder: Path) -> Placed:
    for split in ("train", "test"):
        listed = json.loads((folder / "food-101" / "meta" / f"{split}.json").read_text("utf-8"))
        for class_name, keys in listed.items():
            for key in keys:
                name = f"{PurePosixPath(key).name}.jpg"
                path = folder / "food-101" / "images" / class_name / name
                yield path, f"{split}/{class_name.replace('_', ' ')}/{name}"


def _textures(folder: Path) -> Placed:
    for split in ("train", "val", "test"):  # the first of the makers' ten splits
        listed = (folder / "dtd" / "labels" / f"{split}1.txt").read_text("utf-8")
        for line in listed.split():
            yield folder / "dtd" / "images" / line, f"{split}/{line}"


def _signs(folder: Path) -> Placed:
    for path in _pictures(folder / "GTSRB" / "Training"):
        yield path, f"train/{_sign(int(path.parent.name))}/{path.name}"
    table = folder / "GT-final_test.csv"
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            name = row["Filename"]
            path = folder / "GTSRB" / "Final_Test" / "Images" / name
            yield path, f"test/{_sign(int(row['ClassId']))}/{name}"


def _sign(number: int) -> str:
    return f"{number:02d} {_SIGNS[number]}"


def _pictures(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _PICTURES:
            yield path


def _pictures_or(*suffixes: str) -> Wants:
    wanted = (*_PICTURES, *suffixes)
    return lambda path: path.suffix.lower() in wanted


ARRANGEMENTS: dict[str, Arrangement] = {
    "ants_bees": Arrangement(_without_first_folder),
    "cifar10": Arrangement(opens="cifar-10-python.tar.gz"),
    "cifar100": Arrangement(opens="cifar-100-python.tar.gz"),
    "fashion_mnist": Arrangement(class_names=_CLOTHES),
    "emnist": Arrangement(_emnist, wants=lambda path: path.name.startswith("emnist-balanced-")),
    "oxford_pets": Arrangement(_pets, wants=_pictures_or(".txt")),
    "flowers102": Arrangement(_flowers),
    "food101": Arrangement(_food, wants=_pictures_or(".json")),
    "eurosat": Arrangement(_without_first_folder),
    "dtd": Arrangement(_textures, wants=_pictures_or(".txt")),
    "gtsrb": Arrangement(_signs, wants=_pictures_or(".csv")),
}
