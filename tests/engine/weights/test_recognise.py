"""Networks are found in files as people have them: a table of networks times a table of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
import torch

from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.weights.report import HeadState
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.heads import head_paths
from tlstudio.engine.weights.recognise import (
    Fit,
    Names,
    best_fit,
    changed_build,
    expected_shapes,
    fitting_models,
)

Shape = tuple[int, ...]
Shapes = dict[str, Shape]

CLASSES = 7
NETWORKS = (
    *("resnet18", "mobilenet_v3_small", "squeezenet1_1", "vgg11_bn", "tf_efficientnet_lite0"),
    *("googlenet", "vit_b_16", "vit_tiny_patch16_224", "resnet20"),
)


@cache
def _network(model: str) -> tuple[Shapes, str, tuple[str, ...]]:
    """Shapes of all entries, the path of the head, and the names of the layers of the first floor.

    Built once on the meta device: only names and shapes are looked at.
    """
    with torch.device("meta"):
        network = architecture(model, CLASSES)
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    return shapes, head_paths(network)[0], tuple(name for name, _ in network.named_children())


def _prefixed(prefix: str) -> Callable[[Shapes], Shapes]:
    return lambda shapes: {prefix + name: shape for name, shape in shapes.items()}


def _with(prefix: str, **others: Shape) -> Callable[[Shapes], Shapes]:
    return lambda shapes: {**_prefixed(prefix)(shapes), **_dotted(others)}


def _dotted(others: dict[str, Shape]) -> Shapes:
    return {name.replace("__", "."): shape for name, shape in others.items()}


def _half(shapes: Shapes) -> Shapes:
    half = len(shapes) // 2
    return {
        f"module.{name}" if number < half else name: shape
        for number, (name, shape) in enumerate(shapes.items())
    }


def _adam(shapes: Shapes) -> Shapes:
    moments = {f"optimizer.{kind}.{name}": s for kind in ("m", "v") for name, s in shapes.items()}
    return {**_prefixed("state_dict.")(shapes), **moments}


# Files that hold the whole network.
FILES: dict[str, Callable[[Shapes], Shapes]] = {
    "plain": _prefixed(""),
    **{
        prefix: _prefixed(prefix)
        for prefix in (
            *("module.", "model.", "backbone.", "net.", "encoder.", "resnet.", "network."),
            *("feature_extractor.", "features.module.", "module.model.", "_orig_mod.module."),
            *("self.model.module.", "state_dict.model.", "model.state_dict.module.", "a.b.c.d."),
            *("_forward_module.", "student.backbone.", "learner.model."),
        )
    },
    "criterion": _with("model.", criterion__weight=(3,), loss_fn__pos_weight=(2,)),
    "metrics": _with("model.", val_acc__tp=(3,), train_metrics__confmat=(7, 7)),
    "numbers": _with("", best_acc1=(), epoch=(1,)),
    "normalisation": _with("net.", mean=(1, 3, 1, 1), std=(1, 3, 1, 1)),
    "average": lambda s: {**_prefixed("ema_model.")(s), **_prefixed("model.")(s)},
    "average first": lambda s: {**_prefixed("state_dict_ema.")(s), **_prefixed("state_dict.")(s)},
    "average of torch": _with("module.", n_averaged=()),
    "optimizer": _adam,
    "half prefixed": _half,
    "old counters": lambda s: {n: x for n, x in s.items() if "num_batches" not in n},
    "compiled in part": lambda s: {
        f"model.{n.replace('.', '._orig_mod.', 1) if n.count('.') > 1 else n}": x
        for n, x in s.items()
    },
    "thop": lambda s: {**s, "total_ops": (1,), "total_params": (1,)},
}


def _best(shapes: Shapes) -> Fit:
    fit = best_fit(Names(shapes))
    assert fit is not None
    return fit


def _is_it(fit: Fit, model: str) -> bool:
    """Whether it is that network, or one that takes the same weights."""
    shapes, _, _ = _network(model)
    return _network(fit.model)[0].keys() == shapes.keys()


@pytest.mark.parametrize("model", NETWORKS)
def test_a_network_is_found_however_it_is_packed(model: str) -> None:
    shapes, _, _ = _network(model)
    for file, packed in FILES.items():
        fit = _best(packed(shapes))
        assert fit.is_exact, (file, fit.example)
        assert _is_it(fit, model), (file, fit.model)
        assert fit.num_classes == CLASSES
        assert "ema" not in fit.place, "the live one is preferred"
        assert len(fit.copies) == (2 if "average" in file and "torch" not in file else 1), file


def _heads(shapes: Shapes, head: str) -> Iterator[tuple[str, Shapes, HeadState, int]]:
    """Files with the same backbone and another head: what is found of it, and how many classes."""
    weight = shapes[f"{head}.weight"]
    body = {name: shape for name, shape in shapes.items() if not name.startswith(f"{head}.")}
    for classes in (1000, 21843):
        wide = {f"{head}.weight": (classes, *weight[1:]), f"{head}.bias": (classes,)}
        yield f"{classes} classes", {**body, **wide}, HeadState.FITS, classes
    one = {"weight": (3, *weight[1:]), "bias": (3,)}
    yield "without", body, HeadState.ABSENT, 0
    dropout = {f"{head}.1.{leaf}": shape for leaf, shape in one.items()}
    yield "dropout and linear", {**body, **dropout}, HeadState.FITS, 3
    yield "without bias", {**body, f"{head}.weight": (3, *weight[1:])}, HeadState.FITS, 3
    if len(weight) == 2:
        two = {f"{head}.0.weight": (64, weight[1]), f"{head}.0.bias": (64,)}
        two |= {f"{head}.3.weight": (3, 64), f"{head}.3.bias": (3,)}
        yield "two layers", {**body, **two}, HeadState.OTHER, 0
        cosine = {f"{head}.weight": (3, weight[1]), f"{head}.sigma": (1,)}
        yield "cosine", {**body, **cosine}, HeadState.OTHER, 0
        beside = _prefixed("backbone.")(body) | {f"classifier.{k}": s for k, s in one.items()}
        yield "beside the backbone", beside, HeadState.FITS, 3


@pytest.mark.parametrize("model", NETWORKS)
def test_the_backbone_is_found_whatever_its_head(model: str) -> None:
    shapes, head, _ = _network(model)
    for file, packed, state, classes in _heads(shapes, head):
        fit = _best(packed)
        assert _is_it(fit, model), (file, fit.model, fit.example)
        assert (fit.head, fit.num_classes) == (state, classes), file
        assert fit.has_backbone, (file, fit.example)
        assert fit.is_exact == (state is HeadState.FITS), (file, fit.example)


@pytest.mark.parametrize("model", ["resnet18", "densenet121", "mobilenet_v2"])
def test_layers_that_a_script_put_into_a_sequence_are_found(model: str) -> None:
    """``nn.Sequential(*network.children())[:-1]``, which numbers them, and ``network.features``."""
    shapes, head, children = _network(model)
    body = {name: shape for name, shape in shapes.items() if not name.startswith(f"{head}.")}
    numbers = {child: str(number) for number, child in enumerate(children)}
    cut = {
        f"extractor.{numbers[top]}.{rest}": shape
        for name, shape in body.items()
        for top, _, rest in [name.partition(".")]
    }
    files = [cut, {name.removeprefix("features."): shape for name, shape in body.items()}]
    for packed in files:
        fit = _best(packed)
        assert _is_it(fit, model)
        assert fit.has_backbone, fit.example


@pytest.mark.parametrize(
    ("model", "changed"),
    [
        ("resnet18", BuildConfig(channels=1)),
        ("resnet18", BuildConfig(stem="small")),
        ("resnet18", BuildConfig(0, 1, "small")),
        ("vit_tiny_patch16_224", BuildConfig(image_px=160)),
    ],
)
def test_another_build_is_found_by_its_shape(model: str, changed: BuildConfig) -> None:
    with torch.device("meta"):
        state = architecture(model, CLASSES, changed).state_dict()
    names = Names({f"net.{name}": tuple(value.shape) for name, value in state.items()})
    fit = best_fit(names)
    assert fit is not None and not fit.is_exact
    found = changed_build(names, fit)
    assert found is not None
    assert found[0].is_exact
    assert found[1] == changed


@pytest.mark.parametrize("model", ["vit_base_patch32_clip_224", "vit_large_patch16_siglip_gap_512"])
def test_networks_that_only_their_position_embeddings_tell_apart_are_told_apart(model: str) -> None:
    """There are more of them than the few likeliest that a file is compared with."""
    shapes, head, _ = _network(model)
    body = {name: shape for name, shape in shapes.items() if not name.startswith(f"{head}.")}
    for packed in (shapes, _prefixed("a.b.")(shapes), _half(shapes), _adam(shapes)):
        fit = _best(packed)
        assert (fit.model, fit.is_exact) == (model, True), fit.example
    fit = _best(_prefixed("backbone.")(body))
    assert (fit.model, fit.has_backbone) == (model, True)
    assert model in fitting_models(Names(shapes))


def test_a_second_head_counts_the_classes_too() -> None:
    """VOLO is trained with one."""
    shapes, head, _ = _network("volo_d1_224")
    fit = _best(shapes)
    assert (fit.model, fit.is_exact, fit.num_classes) == ("volo_d1_224", True, CLASSES)
    assert expected_shapes("volo_d1_224", CLASSES) == shapes
    wide = (1000, shapes["aux_head.weight"][1])
    only_one_replaced = {**shapes, "aux_head.weight": wide, "aux_head.bias": (1000,)}
    without = {name: shape for name, shape in shapes.items() if not name.startswith(f"{head}.")}
    for packed in (only_one_replaced, without):
        fit = _best(packed)
        assert (fit.is_exact, fit.has_backbone) == (False, True), fit.example
        assert "aux_head.weight" not in fit.sources


def test_a_projection_is_no_head() -> None:
    shapes, head, _ = _network("resnet18")
    body = {name: shape for name, shape in shapes.items() if not name.startswith(head)}
    for name in ("projector", "arcface", "neck.proj"):
        fit = _best({**body, f"{name}.weight": (128, 512), f"{name}.bias": (128,)})
        assert (fit.head, fit.is_exact, fit.has_backbone) == (HeadState.OTHER, False, True)


def test_another_network_with_the_same_names_is_not_taken_for_it() -> None:
    shapes, _, _ = _network("resnet50")
    squeezed = {
        f"layer1.{block}.se.fc{n}.weight": (64, 64, 1, 1) for block in range(3) for n in (1, 2)
    }
    fit = _best({**shapes, **squeezed})
    assert not fit.is_exact
    assert not fit.has_backbone
    missing = {name: shape for name, shape in shapes.items() if not name.startswith("layer3.2.")}
    fit = _best(missing)
    assert (fit.model, fit.is_exact, fit.has_backbone) == ("resnet50", False, False)


def test_what_is_no_network_of_the_catalog_is_like_none() -> None:
    for shapes in ({"a": (3,)}, {f"lstm.w{n}": (9, 9) for n in range(40)}, {}):
        assert best_fit(Names(shapes)) is None
