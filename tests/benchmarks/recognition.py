"""Every network of the catalog in files as people have them: which of them are recognised.

    python -m tests.benchmarks.recognition [--every N]

Only names and shapes are made, on the meta device. Of each network there are five files: with a
prefix that is different for each, with a loss and an optimizer beside it, with half of the names
prefixed, without its head, and with a head of two layers.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import warnings
from collections import Counter

Shapes = dict[str, tuple[int, ...]]

_PREFIXES = (
    *("module.", "model.", "backbone.", "net.", "encoder.", "feature_extractor.", "_orig_mod."),
    *("features.module.", "state_dict.model.", "model.state_dict.module.", "student.backbone."),
)


def files_of(shapes: Shapes, heads: tuple[str, ...], prefix: str) -> dict[str, Shapes]:
    """The five files of one network."""
    from tlstudio.engine.models.heads import is_inside

    half = len(shapes) // 2
    body = {name: shape for name, shape in shapes.items() if not is_inside(name, heads)}
    two = {f"{heads[0]}.0.weight": (77, 31), f"{heads[0]}.2.weight": (5, 77)}
    moments = {f"optimizer.state.{number}.m": shape for number, shape in enumerate(body.values())}
    return {
        "prefixed": {prefix + name: shape for name, shape in shapes.items()},
        "with others": {f"model.{name}": shape for name, shape in shapes.items()}
        | {"criterion.weight": (3,), "val_acc.tp": (3,)}
        | moments,
        "half prefixed": {
            f"module.{name}" if number < half else name: shape
            for number, (name, shape) in enumerate(shapes.items())
        },
        "without head": {prefix + name: shape for name, shape in body.items()},
        "two layers": body | two,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of N networks, one")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    import torch

    from tlstudio.engine.models.build import architecture
    from tlstudio.engine.models.heads import head_paths
    from tlstudio.engine.models.measured import stored_facts
    from tlstudio.engine.weights.recognise import Names, best_fit, twins

    chance = random.Random(0)
    right, asked, faults, seconds = Counter[str](), Counter[str](), list[str](), 0.0
    for model in sorted(stored_facts())[:: arguments.every]:
        with torch.device("meta"):
            network = architecture(model, 7)
        heads = head_paths(network)
        shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
        for kind, packed in files_of(shapes, heads, chance.choice(_PREFIXES)).items():
            before = time.perf_counter()
            fit = best_fit(Names(packed))
            seconds += time.perf_counter() - before
            asked[kind] += 1
            is_it = fit is not None and model in (fit.model, *twins(fit.model))
            has_all = fit is not None and (
                fit.has_backbone if kind in ("without head", "two layers") else fit.is_exact
            )
            right[kind] += is_it and has_all
            if not (is_it and has_all):
                found = "none" if fit is None else f"{fit.model}, {fit.example}"
                faults.append(f"{model}, {kind}: {found}")
    for kind, count in asked.items():
        print(f"{kind:14} {right[kind]} of {count}")
    print(f"{1000 * seconds / max(1, asked.total()):.0f} ms a file")
    print(*faults, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
