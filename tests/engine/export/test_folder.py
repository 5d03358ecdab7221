"""The ready-to-run folder: its program sees exactly what the studio sees."""

import ast
import importlib.util
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from tests.helpers import photo
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.values import ValueRange
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.storage import resources_dir
from tlstudio.engine.data.store import read_view

PROGRAM = resources_dir() / "export_folder" / "predict.py"


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("exported_predict", PROGRAM)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _turned(path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo(0, 0, (61, 47)).save(path, exif=exif)


def _deep(path: Path) -> None:
    values = np.arange(50 * 70, dtype=np.uint16).reshape(50, 70) * 15
    Image.fromarray(values).save(path)


def _clear(path: Path) -> None:
    layered = photo(1, 0, (70, 50)).convert("RGBA")
    layered.putalpha(Image.linear_gradient("L").resize((70, 50)))
    layered.save(path)


IMAGES = {
    "wide.png": lambda path: photo(0, 0, (83, 41)).save(path),
    "high.jpg": lambda path: photo(1, 1, (41, 97)).save(path),
    "exact.png": lambda path: photo(1, 1, (40, 40)).save(path),
    "ribbon.png": lambda path: photo(2, 1, (900, 11)).save(path),
    "grey.png": lambda path: photo(2, 1, (55, 66)).convert("L").save(path),
    "palette.gif": lambda path: photo(2, 1, (55, 66)).quantize(32).save(path),
    "cmyk.jpg": lambda path: photo(2, 1, (55, 66)).convert("CMYK").save(path),
    "turned.jpg": lambda path: _turned(path, 6),
    "mirrored.jpg": lambda path: _turned(path, 5),
    "clear.png": _clear,
    "deep.png": _deep,
}


@pytest.mark.parametrize(
    "own",
    [
        Preprocessing(40, 32, values=ValueRange(100, 40000)),
        Preprocessing(37, 37, interpolation="bicubic", values=ValueRange(0, 65535)),
        Preprocessing(36, 28, values=ValueRange(0, 65535)).as_grey(),
    ],
    ids=["bilinear", "bicubic", "grey"],
)
@pytest.mark.parametrize("name", IMAGES)
def test_the_program_sees_what_the_studio_sees(tmp_path, program, name, own):
    path = tmp_path / name
    IMAGES[name](path)
    how = asdict(own)
    with Image.open(path) as file:
        image = program.square(program.upright(file, how), how)
    wanted = read_view(ImageRef.of_file(path), own).permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(np.asarray(image), wanted)


def test_the_program_needs_three_packages_alone():
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"json", "sys", "pathlib", "numpy", "onnxruntime", "PIL"}
