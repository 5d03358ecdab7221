"""What the layers of every network of the catalog are called, in a form that files are sought in.

A file says neither which network it holds nor what its script put before the names. So each network
is known by a few of its parameters, chosen by chance but always the same ones: those with the
smallest hashes of name and shape (a bottom-k sketch, Broder 1997). The part of them that is found
in a file is the part of the network that is in it, within a few per cent, whatever else is there.

Names count without their first part: ``layer1.0.conv1.weight`` is ``4.0.conv1.weight`` where a
script has put the layers of a network into an `nn.Sequential`.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import resources_dir
from tlstudio.engine.models.heads import is_inside

FILE = "models/layouts.json"

# Beside the newest parameters: torch before 0.4.1 wrote none of these counters.
COUNTER = ".num_batches_tracked"

_SKETCH = 24
_DIGITS = 6  # of one hash


@dataclass(frozen=True, slots=True)
class Layout:
    """The names and shapes of a network outside its head, in short.

    Attributes:
        entries: how many there are.
        sketch: the smallest of their hashes.
    """

    entries: int
    sketch: tuple[str, ...]


def entry_hash(name: str, shape: tuple[int, ...]) -> str:
    """Six hex digits that stand for one entry of a state dict."""
    text = f"{name} {'x'.join(map(str, shape))}"
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()[:_DIGITS]


def layout_of(shapes: Mapping[str, tuple[int, ...]], heads: tuple[str, ...]) -> Layout:
    """The layout of a network with these entries."""
    hashes = {
        entry_hash(name.partition(".")[2] or name, shape)
        for name, shape in shapes.items()
        if not name.endswith(COUNTER) and not is_inside(name, heads)
    }
    return Layout(len(hashes), tuple(sorted(hashes)[:_SKETCH]))


@cache
def stored_layouts() -> Mapping[str, Layout]:
    """Layouts by the digest of `MeasuredFacts`; empty where the file is missing or broken."""
    try:
        rows = json.loads((resources_dir() / FILE).read_text(encoding="utf-8"))
        return {
            digest: Layout(
                int(entries),
                tuple(text[at : at + _DIGITS] for at in range(0, len(text), _DIGITS)),
            )
            for digest, (entries, text) in rows.items()
        }
    except (OSError, StorageError, ValueError, TypeError, AttributeError):
        return {}


def layouts_json(layouts: Mapping[str, Layout]) -> str:
    """The text of the file, a line for each layout."""
    rows = ",\n".join(
        f" {json.dumps(digest)}: {json.dumps([layout.entries, ''.join(layout.sketch)])}"
        for digest, layout in sorted(layouts.items())
    )
    return f"{{\n{rows}\n}}\n"


def likely_layouts(hashes: frozenset[str], limit: int) -> list[tuple[float, str]]:
    """The layouts that a file with entries of these hashes holds most of, the likeliest first.

    Returns:
        About how many entries more are in the file than are missing, and the layout's digest.
    """
    scores = [
        (
            layout.entries * (2 * len(hashes.intersection(layout.sketch)) / len(layout.sketch) - 1),
            digest,
        )
        for digest, layout in stored_layouts().items()
        if layout.sketch
    ]
    return heapq.nlargest(limit, scores)
