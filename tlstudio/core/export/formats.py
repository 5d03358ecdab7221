"""The forms in which a network leaves the studio, their options, and what happens meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tlstudio.core.errors import ConfigError
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.texts import QT_TRANSLATE_NOOP

MIN_OPSET, DEFAULT_OPSET, MAX_OPSET = 18, 20, 23  # 18 is the first that torch writes by itself
FAILED_SUFFIX = ".failed"  # of an export that does not compute what the network does
WEB = "web"  # the one that something is downloaded for
RECEIPT_SUFFIX = ".receipt.json"


class ExportOption(StrEnum):
    """The options of exports; values are the fields of `ExportOptions`."""

    INT8 = "int8"
    OPSET = "opset"
    PREPROCESSING = "with_preprocessing"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A form in which a network leaves the studio.

    Attributes:
        id: what is typed behind ``--to``.
        title: a name, marked for translation where it is not the same everywhere.
        purpose: one sentence: what it is for.
        suffix: that its file has; empty where it is a folder.
        options: those that it has.
    """

    id: str
    title: str
    purpose: str
    suffix: str = ""
    options: frozenset[ExportOption] = field(default_factory=frozenset)

    @property
    def is_folder(self) -> bool:
        return not self.suffix


_ONNX_OPTIONS = frozenset(ExportOption)

EXPORT_FORMATS = (
    ExportFormat(
        "onnx",
        "ONNX",
        QT_TRANSLATE_NOOP(
            "core",
            "One file for programs in any language, phones and browsers: onnxruntime, OpenVINO, "
            "TensorRT, OpenCV and many more read it.",
        ),
        ".onnx",
        _ONNX_OPTIONS,
    ),
    ExportFormat(
        WEB,
        QT_TRANSLATE_NOOP("core", "Web page"),
        QT_TRANSLATE_NOOP(
            "core",
            "One HTML file that classifies photos, dropped or from the camera, in any browser, on "
            "a phone as well and without internet; nothing leaves it.",
        ),
        ".html",
        frozenset({ExportOption.INT8, ExportOption.OPSET}),
    ),
    ExportFormat(
        "folder",
        QT_TRANSLATE_NOOP("core", "Ready-to-run folder"),
        QT_TRANSLATE_NOOP(
            "core",
            "The network with a short Python program that classifies images without PyTorch, "
            "explained and ready to hand on.",
        ),
        options=frozenset({ExportOption.INT8, ExportOption.OPSET}),
    ),
    ExportFormat(
        "torch-export",
        "PyTorch .pt2",
        QT_TRANSLATE_NOOP(
            "core",
            "One file for PyTorch on any machine, without the studio or the library that the "
            "network comes from: torch.export.load reads it.",
        ),
        ".pt2",
        frozenset({ExportOption.PREPROCESSING}),
    ),
    ExportFormat(
        "safetensors",
        "safetensors",
        QT_TRANSLATE_NOOP(
            "core",
            "The weights alone, in the format of Hugging Face: for going on with training, or for "
            "another program that builds the same network.",
        ),
        ".safetensors",
    ),
)


def export_format(name: str) -> ExportFormat:
    """The format with this id.

    Raises:
        ConfigError: there is none.
    """
    for row in EXPORT_FORMATS:
        if row.id == name:
            return row
    raise ConfigError(
        QT_TRANSLATE_NOOP("core", "There is no export format “{name}”."),
        QT_TRANSLATE_NOOP("core", "Choose one of: {choices}."),
        name=name,
        choices=", ".join(row.id for row in EXPORT_FORMATS),
    )


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to export.

    Attributes:
        format: the id of an `ExportFormat`.
        int8: whether weights and activations become 8-bit integers.
        opset: version of ONNX's operators; None for the usual one.
        with_preprocessing: whether the file takes uint8 images, cropped to the network's size, and
            scales them itself. Resizing stays outside.
    """

    format: str = "onnx"
    int8: bool = False
    opset: int | None = None
    with_preprocessing: bool = False

    def check(self) -> ExportFormat:
        """The format, if it has the options that are set.

        Raises:
            ConfigError: it has not, or there is no such format or opset.
        """
        row = export_format(self.format)
        for option in ExportOption:
            is_set = getattr(self, option.value) not in (None, False)
            if is_set and option not in row.options:
                raise ConfigError(
                    QT_TRANSLATE_NOOP("core", "The format {name} has no option {option}."),
                    name=row.id,
                    option=option.value,
                )
        if self.opset is not None and not MIN_OPSET <= self.opset <= MAX_OPSET:
            raise ConfigError(
                QT_TRANSLATE_NOOP("core", "ONNX's opset must be {low} to {high}."),
                low=MIN_OPSET,
                high=MAX_OPSET,
            )
        return row


class ExportPart(StrEnum):
    """The parts of an export, in order."""

    DOWNLOAD = "download"
    WRITE = "write"
    CALIBRATE = "calibrate"
    COMPARE = "compare"


EXPORT_PART_TITLES = {
    ExportPart.DOWNLOAD: QT_TRANSLATE_NOOP("core", "Downloading what runs the page"),
    ExportPart.WRITE: QT_TRANSLATE_NOOP("core", "Writing the network"),
    ExportPart.CALIBRATE: QT_TRANSLATE_NOOP("core", "Measuring activations for 8-bit integers"),
    ExportPart.COMPARE: QT_TRANSLATE_NOOP("core", "Comparing with the original"),
}


@dataclass(frozen=True, slots=True)
class ExportProgressed:
    """So much of a part is done; `total` is 0 where that cannot be told."""

    part: ExportPart
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Exported:
    """An export is there, and was compared with the original.

    Attributes:
        paths: the file or folder, and the receipt beside (or in) it. Where the receipt says that it
            computes something else, the name ends in `FAILED_SUFFIX`.
        receipt: what comparing it found; whoever shows this must look at `receipt.is_passed`.
    """

    paths: tuple[Path, ...]
    receipt: Receipt

    @property
    def path(self) -> Path:
        return self.paths[0]
