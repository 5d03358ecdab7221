"""Count what the libraries do not state about their networks, for resources/models/measured.json.

Run it when torchvision or timm bring new networks: python packaging/measure_models.py
Each network is built on the meta device; all of them take some minutes. With ``--missing`` only
those are counted that the file does not know.
"""

from __future__ import annotations

import sys
import warnings
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    sys.path.insert(0, str(ROOT))
    warnings.simplefilter("ignore")
    from tlstudio.core.storage import atomic_path
    from tlstudio.engine.models.catalog import measure_model
    from tlstudio.engine.models.measured import FILE, stored_facts, to_json
    from tlstudio.engine.models.rows import catalog_rows

    kept = dict(stored_facts()) if "--missing" in sys.argv else {}
    facts = {row.name: kept[row.name] for row in catalog_rows() if row.name in kept}
    left_out = []
    for number, row in enumerate(catalog_rows(), start=1):
        if row.name in facts:
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
    print(f"{len(facts)} networks; left out:", *left_out, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
