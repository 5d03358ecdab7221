"""The network that a script builds is the one that the studio would train."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.engine.code_export.code import export_code
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier

NETWORK = ("The network's layers", "Network")


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return open_dataset(make_split_photos(tmp_path / "photos", ("red", "green", "sky"), 2, 1))


def assert_same_network(config: RunConfig, index: DatasetIndex) -> None:
    """Equal values under equal names, and equal answers in train mode."""
    wanted = build_classifier(config, index.classes).network
    code = export_code(config, index)
    parts = {section.title: section.code for section in code.sections}
    names: dict[str, Any] = {}
    lines = [code.imports, parts["Settings"], *(parts.get(title, "") for title in NETWORK)]
    exec("\n".join(lines), names)
    network = names["network"]
    state, own = wanted.state_dict(), network.state_dict()
    assert list(own) == list(state)
    assert [name for name in state if not torch.equal(own[name], state[name])] == []
    images = torch.rand(2, len(names["MEAN"]), names["CROP"], names["CROP"])
    answers = []
    for either in (wanted, network):
        torch.manual_seed(1)
        answers.append(either.train()(images))
    assert torch.equal(*answers)


@pytest.mark.parametrize(
    "values",
    [
        {"model": "se_resnet20"},  # made of several modules of the studio
        {"model": "plain20", "image_px": 64, "colours": "grey"},
        {"model": "test_vit", "image_px": 64, "colours": "grey"},
        {"model": "resnet18", "image_px": 32, "stem": "small"},
        {"model": "lenet5", "head_hidden": 9, "head_dropout": 0.5},
        {"model": "squeezenet1_1", "image_px": 64, "head_hidden": 5},
        {"model": "test_convnext", "head_dropout": 0.3, "crop_mode": "squash"},
    ],
    ids=lambda values: values["model"],
)
def test_random_values_are_the_same(index: DatasetIndex, values: dict[str, Any]) -> None:
    config = RunConfig().changed(initialisation="random", views="live", device="cpu", **values)
    assert_same_network(config, index)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("squeezenet1_1", {}),  # its head is a convolution
        ("resnet18", {"stem": "small", "colours": "grey"}),
        ("mobilenet_v3_small", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_pretrained_values_are_the_same(
    index: DatasetIndex, own_home: Path, model: str, values: dict[str, Any]
) -> None:
    from torchvision import models

    weights = models.get_model_weights(model).DEFAULT
    file = own_home / "torch" / "hub" / "checkpoints" / Path(weights.url).name
    file.parent.mkdir(parents=True)
    torch.save(models.get_model(model, weights=None).state_dict(), file)
    own = {"model": model, "image_px": 64, "views": "live", "device": "cpu"}
    assert_same_network(RunConfig().changed(**own, **values), index)


def test_on_board_values_are_the_same(index: DatasetIndex) -> None:
    assert_same_network(RunConfig().changed(image_px=64, views="live", device="cpu"), index)
