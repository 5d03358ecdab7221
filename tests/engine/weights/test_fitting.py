"""Files from elsewhere: wrappings, prefixes, other types, wrong models, wrong classes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.engine.weights.samples import CLASSES, SMALL, classifier, logits
from tlstudio.core.errors import ConfigError, WeightsError
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.heads import replace_head
from tlstudio.engine.models.onboard import onboard_path
from tlstudio.engine.models.rows import RECOMMENDED
from tlstudio.engine.weights.load import load_weights, open_weights
from tlstudio.engine.weights.recognise import Names, best_fit, fit_of
from tlstudio.engine.weights.save import save_weights

State = dict[str, torch.Tensor]


@pytest.fixture
def state() -> State:
    return dict(classifier().network.state_dict())


@pytest.mark.parametrize("model", RECOMMENDED)
def test_every_model_is_recognised_among_all(model: str) -> None:
    with torch.device("meta"):
        network = architecture(model, 1000)
        replace_head(network, 5)
    names = Names({name: tuple(value.shape) for name, value in network.state_dict().items()})
    fit = best_fit(names)
    assert fit is not None
    assert fit.is_exact
    assert (fit.model, fit.num_classes) == (model, 5)
    other = "resnet18" if model != "resnet18" else "alexnet"
    assert not fit_of(names, other).is_exact


WRAPPINGS: dict[str, Callable[[State], Any]] = {
    "module.": lambda s: {f"module.{k}": v for k, v in s.items()},
    "_orig_mod.": lambda s: {f"_orig_mod.{k}": v for k, v in s.items()},
    "both": lambda s: {f"module._orig_mod.{k}": v for k, v in s.items()},
    "state_dict": lambda s: {"state_dict": s, "epoch": 4, "optimizer": {"state": {}}},
    "model": lambda s: {"model": s, "ema": s, "epoch": 4},
    "nested twice": lambda s: {"model": {"state_dict": {f"model.{k}": v for k, v in s.items()}}},
    "beside numbers": lambda s: {**s, "epoch": 4, "name": "x"},
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_wrappings_are_taken_off_and_noted(wrapping: str, state: State, tmp_path: Path) -> None:
    torch.save(WRAPPINGS[wrapping](state), tmp_path / "w.pth")
    loaded = load_weights(tmp_path / "w.pth", model=SMALL, classes=CLASSES)
    assert torch.equal(logits(loaded.classifier.network), logits(classifier().network))
    assert len(loaded.notes) >= (1 if wrapping == "beside numbers" else 2)


def test_a_data_parallel_whole_model_is_read(tmp_path: Path) -> None:
    ours = classifier()
    torch.save(torch.nn.DataParallel(ours.network), tmp_path / "w.pth")
    loaded = load_weights(tmp_path / "w.pth")
    assert torch.equal(logits(loaded.classifier.network), logits(ours.network))
    assert any("module." in str(note) for note in loaded.notes)


def test_half_precision_is_converted_and_noted(state: State, tmp_path: Path) -> None:
    torch.save({name: value.half() for name, value in state.items()}, tmp_path / "w.pth")
    loaded = load_weights(tmp_path / "w.pth")
    assert next(loaded.classifier.network.parameters()).dtype is torch.float32
    assert any("float16" in str(note) for note in loaded.notes)


def test_torch_s_old_format_is_read(state: State, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "w.pth", _use_new_zipfile_serialization=False)
    loaded = load_weights(tmp_path / "w.pth")
    assert torch.equal(logits(loaded.classifier.network), logits(classifier().network))


def test_the_on_board_checkpoint_itself_loads(tmp_path: Path) -> None:
    path = onboard_path("tf_efficientnet_lite0")
    assert path is not None
    loaded = load_weights(path)
    assert loaded.classifier.model == "tf_efficientnet_lite0"
    assert len(loaded.classifier.classes) == 1000


def test_counters_that_old_files_lack_are_filled(tmp_path: Path) -> None:
    state = classifier("resnet18").network.state_dict()
    old = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    torch.save(old, tmp_path / "w.pth")
    loaded = load_weights(tmp_path / "w.pth")
    assert loaded.matched == len(old)


def test_another_model_is_named(tmp_path: Path) -> None:
    save_weights(classifier(), tmp_path / "w.pth")
    with pytest.raises(WeightsError) as caught:
        load_weights(tmp_path / "w.pth", model="resnet18")
    assert "squeezenet1_1, not of resnet18" in str(caught.value)
    assert "squeezenet1_1" in caught.value.hint_text


def test_an_unknown_wish_is_refused(tmp_path: Path) -> None:
    save_weights(classifier(), tmp_path / "w.pth")
    with pytest.raises(ConfigError):
        load_weights(tmp_path / "w.pth", model="resnet19")


def test_a_half_missing_file_is_counted(state: State, tmp_path: Path) -> None:
    del state["features.0.weight"], state["features.0.bias"]
    state["features.3.squeeze.weight"] = torch.zeros(1, 1)
    torch.save(state, tmp_path / "w.pth")
    for wish in (SMALL, None):
        with pytest.raises(WeightsError) as caught:
            load_weights(tmp_path / "w.pth", model=wish)
        text = f"{caught.value} {caught.value.hint_text}"
        assert "2 tensors are missing" in text
        assert "1 of another shape" in text
        assert "features.3.squeeze.weight" in text


def test_foreign_tensors_fit_no_model(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(3)}, tmp_path / "w.pth")
    with pytest.raises(WeightsError, match="fits no model"):
        load_weights(tmp_path / "w.pth")


def test_another_number_of_classes_is_explained(tmp_path: Path) -> None:
    save_weights(classifier(), tmp_path / "w.pth")
    with pytest.raises(WeightsError) as caught:
        load_weights(tmp_path / "w.pth", classes=("a", "b", "c", "d"))
    assert "tells 3 classes apart, here are 4" in str(caught.value)


def test_names_belong_to_the_file(state: State, tmp_path: Path) -> None:
    save_weights(classifier(), tmp_path / "own.pth")
    torch.save(state, tmp_path / "plain.pth")
    other = load_weights(tmp_path / "own.pth", classes=("a", "b", "c"))
    assert other.classifier.classes == CLASSES
    assert len(other.notes) == 1
    turned = load_weights(tmp_path / "own.pth", classes=CLASSES[::-1])
    assert turned.classifier.classes == CLASSES
    assert "order" in str(turned.notes[0])
    assert load_weights(tmp_path / "plain.pth", classes=("a", "b", "c")).classifier.classes == (
        "a",
        "b",
        "c",
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_no_numbers_are_refused(value: float, state: State, tmp_path: Path) -> None:
    state["features.0.bias"] = torch.full_like(state["features.0.bias"], value)
    torch.save(state, tmp_path / "w.pth")
    with pytest.raises(WeightsError, match=r"features\.0\.bias"):
        load_weights(tmp_path / "w.pth")


def test_of_two_copies_one_is_chosen(state: State, tmp_path: Path) -> None:
    ema = {name: value + 1 for name, value in state.items()}
    torch.save({"model": state, "ema": ema}, tmp_path / "w.pth")
    for copy, wanted in (("", state), ("model", state), ("ema", ema)):
        loaded = load_weights(tmp_path / "w.pth", copy=copy).classifier.network.state_dict()
        assert all(torch.equal(loaded[name], wanted[name]) for name in wanted)


KINDS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "bfloat16": lambda v: v.bfloat16(),
    "float64": lambda v: v.double(),
    "not contiguous": lambda v: v.flip(0).contiguous().flip(0) if v.dim() else v,
    "a part of a larger one": lambda v: torch.cat([v.flatten(), v.flatten()])[: v.numel()].view(
        v.shape
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_values_of_any_kind_are_taken(kind: str, state: State, tmp_path: Path) -> None:
    torch.save({name: KINDS[kind](value) for name, value in state.items()}, tmp_path / "w.pth")
    network = load_weights(tmp_path / "w.pth").classifier.network
    values = network.state_dict()
    for name, value in state.items():
        assert values[name].dtype is value.dtype
        assert values[name].is_contiguous()
        assert torch.allclose(values[name], value, rtol=0.01)


def test_one_storage_for_all_gives_parameters_of_their_own(state: State, tmp_path: Path) -> None:
    flat = torch.cat([value.flatten() for value in state.values()])
    parts = flat.split([value.numel() for value in state.values()])
    views = {n: part.view(state[n].shape) for n, part in zip(state, parts, strict=True)}
    torch.save(views, tmp_path / "w.pth")
    values = load_weights(tmp_path / "w.pth").classifier.network.state_dict()
    assert all(torch.equal(values[name], state[name]) for name in state)
    assert len({value.untyped_storage().data_ptr() for value in values.values()}) == len(values)


def test_whole_numbers_are_not_taken_for_weights(state: State, tmp_path: Path) -> None:
    whole = {name: (value * 100).to(torch.int8) for name, value in state.items()}
    torch.save(whole, tmp_path / "w.pth")
    with pytest.raises(WeightsError, match="quantised"):
        load_weights(tmp_path / "w.pth")


def test_a_network_of_grey_images_answers(tmp_path: Path) -> None:
    state = dict(classifier("resnet18").network.state_dict())
    state["conv1.weight"] = state["conv1.weight"].sum(1, keepdim=True)
    torch.save({"arch": "resnet18", "state_dict": state}, tmp_path / "w.pth")
    loaded = load_weights(tmp_path / "w.pth")
    assert loaded.classifier.preprocessing.channels == 1
    assert "It takes grey images." in map(str, loaded.notes)
    save_weights(loaded.classifier, tmp_path / "again.pth")
    again = load_weights(tmp_path / "again.pth").classifier
    assert again.preprocessing == loaded.classifier.preprocessing


def test_the_network_that_the_script_names_is_taken(tmp_path: Path) -> None:
    state = classifier("resnet20").network.state_dict()
    for arch, model in (("plain20", "plain20"), ("nothing", "resnet20"), ("alexnet", "resnet20")):
        torch.save({"arch": arch, "state_dict": state, "epoch": 1}, tmp_path / "w.pth")
        assert load_weights(tmp_path / "w.pth").classifier.model == model


@pytest.mark.parametrize("head", ["sparse", "meta"])
def test_what_cannot_be_used_is_told(head: str, tmp_path: Path) -> None:
    state = dict(classifier("resnet20").network.state_dict())
    state["fc.weight"] = (
        state["fc.weight"].to_sparse() if head == "sparse" else state["fc.weight"].to("meta")
    )
    torch.save(state, tmp_path / "w.pth")
    opened = open_weights(tmp_path / "w.pth")
    assert any("cannot be used" in str(note) for note in opened.report().notes)
    with pytest.raises(WeightsError, match="without a head"):
        opened.load()
