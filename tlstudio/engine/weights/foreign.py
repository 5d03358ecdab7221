"""Files that are no weights of PyTorch, told by their first bytes, their entries or their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.errors import WeightsError
from tlstudio.core.texts import QT_TRANSLATE_NOOP, Sentence

START_BYTES = 1024
"""So many bytes from the beginning of a file `kind_of` looks at."""

SUFFIXES = (".pth", ".pt", ".safetensors", ".bin", ".ckpt", ".th", ".tar", ".pkl")
"""What files of weights are called, by themselves, in folders and in archives."""

_OTHER_LIBRARY = QT_TRANSLATE_NOOP(
    "core", "The studio opens weights of PyTorch: .pth, .pt or .safetensors."
)
SAVE_STATE = QT_TRANSLATE_NOOP(
    "core", "Where it comes from, save its weights alone: torch.save(model.state_dict(), path)."
)
_DOWNLOAD = QT_TRANSLATE_NOOP(
    "core",
    "The page was saved in place of the file, often because it asks for a login or a consent. "
    "Download it again with the link of the file itself.",
)
_POINTER = QT_TRANSLATE_NOOP(
    "core", "It only says where the weights are: download the file itself, or run git lfs pull."
)
_UNPACK = QT_TRANSLATE_NOOP("core", "Unpack it first, and choose the file of the weights in it.")


@dataclass(frozen=True, slots=True)
class Foreign:
    """One kind of file.

    Attributes:
        kind: what it is, as a part of a sentence.
        hint: what to do.
        start: a pattern that its first bytes match; None where they say nothing.
        suffixes: names that it goes by, looked at where no first bytes told.
        entry: a pattern that the name of a file in it matches, were it a zip archive.
    """

    kind: Sentence
    hint: Sentence
    start: bytes | None = None
    suffixes: tuple[str, ...] = ()
    entry: str | None = None


TORCHSCRIPT = Foreign(
    QT_TRANSLATE_NOOP("core", "a TorchScript program, which carries code beside its weights"),
    SAVE_STATE,
    entry=r"(.*/)?constants\.pkl",
)
OLD_TAR = Foreign(
    QT_TRANSLATE_NOOP("core", "a file of torch before 0.2, which nothing opens safely"), SAVE_STATE
)
OTHER_PICKLE = Foreign(
    QT_TRANSLATE_NOOP("core", "a pickle of another program than torch.save"), SAVE_STATE
)

FOREIGN = (
    TORCHSCRIPT,
    Foreign(
        QT_TRANSLATE_NOOP("core", "an exported program of torch.export"),
        SAVE_STATE,
        suffixes=(".pt2",),
        entry=r"(.*/)?(archive_format|models/.*\.json|serialized_exported_program\.json)",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a Keras model"),
        _OTHER_LIBRARY,
        suffixes=(".keras",),
        entry=r"model\.weights\.h5",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "an HDF5 file, as Keras writes it"),
        _OTHER_LIBRARY,
        start=rb"\x89HDF\r\n",
        suffixes=(".h5", ".hdf5"),
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "an archive of numpy arrays"),
        _OTHER_LIBRARY,
        start=rb"\x93NUMPY",
        suffixes=(".npz", ".npy"),
        entry=r".*\.npy",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "an office document"),
        _OTHER_LIBRARY,
        start=rb"%PDF-|\xd0\xcf\x11\xe0",
        entry=r"\[Content_Types\]\.xml|mimetype",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a pointer of Git LFS"),
        _POINTER,
        start=rb"version https://git-lfs",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a web page"),
        _DOWNLOAD,
        start=rb"(?i)(\xef\xbb\xbf)?\s*(<\?xml[^>]{0,200}>\s*)?"
        rb"(<!--.{0,500}?-->\s*)?<(!doctype html|html|head|body)",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a TensorFlow Lite network"),
        _OTHER_LIBRARY,
        start=rb"(?s).{4}TFL3",
        suffixes=(".tflite",),
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a GGUF file of a language model"),
        _OTHER_LIBRARY,
        start=rb"GGUF|lmgg|tjgg",
        suffixes=(".gguf",),
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "an ONNX network"),
        _OTHER_LIBRARY,
        start=rb"(?s)\x08[\x01-\x20]\x12[\x01-\x40](pytorch|tf2onnx|keras|onnx|skl2onnx|paddle|ort|torch)",
        suffixes=(".onnx", ".ort"),
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "an image or a video"),
        _OTHER_LIBRARY,
        start=rb"(?s)\xff\xd8\xff|\x89PNG|GIF8|BM.{12}\x28|II\*\x00|MM\x00\*"
        rb"|RIFF.{4}(WEBP|AVI )|.{4}ftyp",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a packed archive that the studio does not open here"),
        _UNPACK,
        start=rb"7z\xbc\xaf\x27\x1c|Rar!|\x28\xb5\x2f\xfd",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a program"),
        _OTHER_LIBRARY,
        start=rb"(?s)\x7fELF|MZ.{58}|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe",
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a TensorFlow graph"), _OTHER_LIBRARY, suffixes=(".pb", ".pbtxt")
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a part of a TensorFlow checkpoint"),
        _OTHER_LIBRARY,
        suffixes=(".index", ".meta", ".data-00000-of-00001"),
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a Core ML network"),
        _OTHER_LIBRARY,
        suffixes=(".mlmodel", ".mlpackage"),
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a network of Caffe, Darknet, MXNet or Paddle"),
        _OTHER_LIBRARY,
        suffixes=(".caffemodel", ".prototxt", ".weights", ".params", ".pdparams", ".pdmodel"),
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a network of OpenVINO or TensorRT"),
        _OTHER_LIBRARY,
        suffixes=(".xml", ".engine", ".trt", ".plan"),
    ),
    Foreign(
        QT_TRANSLATE_NOOP("core", "a text file"),
        _OTHER_LIBRARY,
        start=rb"[\t\n\r\x20-\x7e]{16,}\Z",
        suffixes=(".txt", ".json", ".yaml", ".yml", ".md", ".csv", ".py", ".ipynb"),
    ),
)  # fmt: skip


def kind_of(name: str, start: bytes) -> Foreign | None:
    """The kind of a file by its first `START_BYTES` and its name; None for an unknown one."""
    for foreign in FOREIGN:
        if foreign.start is not None and re.match(foreign.start, start):
            return foreign
    return next((f for f in FOREIGN if name.lower().endswith(f.suffixes) and f.suffixes), None)


def kind_of_entries(names: Iterable[str]) -> Foreign | None:
    """The kind of a zip archive by the names in it; None for an unknown one."""
    listed = list(names)
    for foreign in FOREIGN:
        if foreign.entry and any(re.fullmatch(foreign.entry, name) for name in listed):
            return foreign
    return None


def named(path: Path, foreign: Foreign) -> WeightsError:
    """The sentence for a file of another kind."""
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” is no weights file: it is {kind}."),
        foreign.hint,
        name=path.name,
        kind=foreign.kind,
    )


def folder(path: Path) -> WeightsError:
    """The sentence for a folder, with the weights in it where there are some."""
    try:
        inside = sorted(p.name for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
        names = {p.name for p in path.iterdir()} if not inside else set()
    except OSError:
        inside, names = [], set()
    if inside:
        hint = QT_TRANSLATE_NOOP("core", "Choose one of the files in it: {files}")
    elif names & {"saved_model.pb", "Manifest.json", "data.pkl"}:
        hint = SAVE_STATE if "data.pkl" in names else _OTHER_LIBRARY
    else:
        hint = _OTHER_LIBRARY
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” is a folder, not a weights file."),
        hint,
        name=path.name,
        files=", ".join(inside[:5]),
    )
