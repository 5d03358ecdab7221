"""Every network of torchvision, every classic, and of timm one of each module (or all of it).

``pytest tests/engine/models/test_walk.py --all-models`` walks through all of timm: half an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from torchvision import models as torchvision_models

from tests.engine.models.walk import walk
from tlstudio.core.networks.catalog import Library
from tlstudio.engine.models.classic import CLASSICS
from tlstudio.engine.models.measured import stored_facts
from tlstudio.engine.models.rows import CatalogRow, catalog_rows


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "timm_model" in metafunc.fixturenames:
        rows = [row for row in catalog_rows() if row.library is Library.TIMM]
        chosen = rows if metafunc.config.getoption("--all-models") else _one_of_each(rows)
        metafunc.parametrize("timm_model", [row.name for row in chosen])


def _one_of_each(rows: list[CatalogRow]) -> Iterator[CatalogRow]:
    """The smallest network of each of timm's modules."""
    from timm.models._registry import _model_to_module

    facts = stored_facts()
    modules: dict[str, list[CatalogRow]] = {}
    for row in rows:
        if row.name in facts:
            modules.setdefault(_model_to_module[row.plain], []).append(row)
    for group in modules.values():
        yield min(group, key=lambda row: facts[row.name].multiply_adds)


@pytest.mark.parametrize("model", torchvision_models.list_models(module=torchvision_models))
def test_torchvision(model: str, tmp_path: Path) -> None:
    walk(model, tmp_path)


@pytest.mark.parametrize("model", CLASSICS.names)
def test_classics(model: str, tmp_path: Path) -> None:
    walk(model, tmp_path)


def test_timm(timm_model: str, tmp_path: Path) -> None:
    walk(timm_model, tmp_path)
