"""Facts that are counted on a network because its library does not state them.

The counts of all networks lie in a file that `packaging/measure_models.py` writes, so that the
catalog need not build 1,500 networks. A network that the file does not know, from a newer library,
is counted when it is asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from functools import cache
from typing import TYPE_CHECKING

from tlstudio.core.errors import StorageError
from tlstudio.core.networks.catalog import SizeRule
from tlstudio.core.storage import resources_dir

if TYPE_CHECKING:
    from torch import nn

FILE = "models/measured.json"


@dataclass(frozen=True, slots=True)
class MeasuredFacts:
    """Facts that were counted on a network with its original head.

    Attributes:
        parameters: elements.
        multiply_adds: of one image of the default size.
        size_rule: which other sizes it takes.
        heads: module paths of the head; two in a few distilled networks.
        layout: digest of the names and shapes of all other parameters and buffers; networks with
            the same one take the same weights.
    """

    parameters: int
    multiply_adds: int
    size_rule: SizeRule
    heads: tuple[str, ...]
    layout: str


@cache
def stored_facts() -> Mapping[str, MeasuredFacts]:
    """Read the stored facts by catalog name; empty where the file is missing or broken."""
    try:
        values = json.loads((resources_dir() / FILE).read_text(encoding="utf-8"))
        return {
            name: MeasuredFacts(
                int(row[0]), int(row[1]), SizeRule(row[2]), tuple(row[3]), str(row[4])
            )
            for name, row in values["models"].items()
        }
    except (OSError, StorageError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return {}


def to_json(facts: Mapping[str, MeasuredFacts], versions: Mapping[str, str]) -> str:
    """The text of the file: a line for each network, so that a change is seen as one."""
    rows = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(astuple(facts[name]))}" for name in sorted(facts)
    )
    return f'{{"versions": {json.dumps(dict(versions))},\n "models": {{\n{rows}\n}}}}\n'


def layout_digest(shapes: Iterable[tuple[str, tuple[int, ...]]], heads: tuple[str, ...]) -> str:
    """Twelve hex digits over the names and shapes of all entries outside `heads`."""
    lines = sorted(
        f"{name} {shape}"
        for name, shape in shapes
        if not name.endswith("num_batches_tracked")
        and not any(name.startswith(head + ".") for head in heads)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def measure(network: nn.Module, image_px: int, channels: int, size_rule: SizeRule) -> MeasuredFacts:
    """Count on a network on the meta device; leaves it in eval mode, its parameters frozen.

    Raises:
        ModelError: it has no head that the studio knows.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from tlstudio.engine.models.heads import head_paths

    heads = head_paths(network)
    # the counter follows gradients of what modules are handed: parameters, in some networks
    network.eval().requires_grad_(False)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.empty(1, channels, image_px, image_px, device="meta"))
    shapes = ((name, tuple(value.shape)) for name, value in network.state_dict().items())
    return MeasuredFacts(
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        multiply_adds=counter.get_total_flops() // 2,
        size_rule=size_rule,
        heads=heads,
        layout=layout_digest(shapes, heads),
    )
