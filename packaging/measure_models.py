"""Count what the libraries do not state about their networks, for the files of resources/models.

Run it when torchvision or timm bring new networks: python packaging/measure_models.py
Each network is built on the meta device; all of them take some minutes. With ``--missing`` only
those are counted that the file does not know; with ``--layouts`` nothing is counted, and only the
names of their layers are read anew.
"""

from __future__ import annotations

import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.engine.models.layouts import Layout

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    sys.path.insert(0, str(ROOT))
    warnings.simplefilter("ignore")
    from tlstudio.core.storage import atomic_path
    from tlstudio.engine.models import layouts
    from tlstudio.engine.models.catalog import measure_model
    from tlstudio.engine.models.measured import FILE, stored_facts, to_json
    from tlstudio.engine.models.rows import catalog_rows

    keeps = "--missing" in sys.argv or "--layouts" in sys.argv
    kept = dict(stored_facts()) if keeps else {}
    facts = {row.name: kept[row.name] for row in catalog_rows() if row.name in kept}
    left_out = []
    for number, row in enumerate(catalog_rows(), start=1):
        if row.name in facts or "--layouts" in sys.argv:
            continue
        try:
            facts[row.name] = measure_model(row.name)
        except Exception as error:  # a network that cannot be built here is told, not hidden
            left_out.append(f"{row.name}: {type(error).__name__}: {error}"[:200])
        if number % 100 == 0:
            print(number, flush=True)
    versions = {library: version(library) for library in ("torchvision", "timm")}
    with atomic_path(ROOT / "resources" / FILE) as temporary:
        temporary.write_text(to_json(facts, versions), encoding="utf-8")
    known = {}
    for name, fact in facts.items():
        if fact.layout not in known:
            known[fact.layout] = layout_of_model(name, fact.heads)
    with atomic_path(ROOT / "resources" / layouts.FILE) as temporary:
        temporary.write_text(layouts.layouts_json(known), encoding="utf-8")
    print(f"{len(facts)} networks; left out:", *left_out, sep="\n  ")
    return 0


def layout_of_model(name: str, heads: tuple[str, ...]) -> Layout:
    """Build a network on the meta device, and read the names of its entries."""
    import torch

    from tlstudio.engine.models.build import architecture
    from tlstudio.engine.models.layouts import layout_of

    with torch.device("meta"):
        state = architecture(name, 2).state_dict()
    return layout_of({entry: tuple(value.shape) for entry, value in state.items()}, heads)


if __name__ == "__main__":
    sys.exit(main())
