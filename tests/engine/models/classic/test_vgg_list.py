"""A network written as a list is one like any other: built, trained, kept, loaded, exported."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from tests.helpers import make_split_photos
from tlstudio.cli.main import main
from tlstudio.core.config import RunConfig
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.vgg_list import vgg_list
from tlstudio.engine.code_export.code import export_code
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import architecture, build_classifier
from tlstudio.engine.models.catalog import get_model, has_model, measure_model
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.runs.weights import read_classifier

LIST = "vgg:8 M 16 16 M | 32"


@pytest.mark.parametrize("name", [LIST, "vgg:64 M 128 M", "vgg:4 4 |"])
def test_it_is_what_the_list_says_and_counted_as_torch_counts(name: str) -> None:
    spec, counted = get_model(name), measure_model(name)
    assert (spec.parameters, spec.gflops * 1e9) == (counted.parameters, counted.multiply_adds)
    with torch.device("meta"):
        network = architecture(name, 5)
    own = vgg_list(name)
    convs = [m.out_channels for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert convs == [width for stage in own.stages for width in stage]
    units = [m.out_features for m in network.modules() if isinstance(m, nn.Linear)]
    assert units == [*own.units, 5]
    side = spec.min_input_px
    assert network(torch.empty(1, 3, side, side, device="meta")).shape == (1, 5)
    assert layer_tree(name, 5).head_path == "head"


def test_names_that_are_none_are_refused() -> None:
    assert has_model("vgg:64,M") and not has_model("vgg:M")
    with pytest.raises(ConfigError, match="begins"):
        get_model("vgg:M 64")


def test_signals_keep_their_size_however_long_the_list_is() -> None:
    config = RunConfig().changed(model="vgg:" + "32 " * 20 + "M", initialisation="random")
    network = build_classifier(config, ("a", "b")).network
    with torch.no_grad():
        maps = nn.Sequential(*list(network.children())[:40])(torch.randn(2, 3, 16, 16))
    assert 0.05 < maps.std() < 20


def test_from_the_terminal_to_the_exported_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"green": 6, "red": 6}, {"green": 3, "red": 3}
    photos = make_split_photos(tmp_path / "photos", ("green", "red"), *counts)
    arguments = ["--model", "vgg:8,M,16,16,M | 32", "--initialisation", "random"]
    arguments += ["--strategy", "from_scratch", "--image-px", "32", "--epochs", "1"]
    arguments += ["--device", "cpu", "--out", str(tmp_path / "run")]
    assert main(["train", str(photos), *arguments]) == 0, capsys.readouterr().err
    trained = read_classifier(tmp_path / "run")
    assert trained.model == LIST
    images = torch.randn(2, 3, 32, 32)
    out = tmp_path / "own.safetensors"
    assert main(["export", str(tmp_path / "run"), "--to", "safetensors", "--out", str(out)]) == 0
    assert main(["inspect-weights", str(out)]) == 0
    assert LIST in capsys.readouterr().out
    state = architecture(LIST, 2)
    from safetensors.torch import load_file

    state.load_state_dict(load_file(out))
    assert torch.equal(state.eval()(images), trained.network.eval()(images))


def test_code_that_builds_it_stands_alone(tmp_path: Path) -> None:
    photos = make_split_photos(tmp_path / "photos", ("green", "red"), 2, 1)
    config = RunConfig().changed(
        model=LIST, initialisation="random", strategy="from_scratch", image_px=32, seed=4
    )
    code = export_code(config, open_dataset(photos))
    part = next(s.code for s in code.sections if s.title == "The network's layers")
    names: dict[str, object] = {}
    exec(
        code.imports + part + 'torch.manual_seed(4)\nmade = vgg_of_list("8 M 16 16 M | 32", 2)',
        names,
    )
    made = names["made"]
    assert isinstance(made, nn.Module)
    wanted = build_classifier(config, ("green", "red")).network.state_dict()
    assert all(torch.equal(value, wanted[name]) for name, value in made.state_dict().items())
