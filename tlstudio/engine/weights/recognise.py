"""Recognises the network of a state dict by names and shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn

from tlstudio.core.networks.inputs import InputConfig
from tlstudio.engine.models.build import AS_IT_IS, architecture
from tlstudio.engine.models.heads import head_paths
from tlstudio.engine.models.measured import layout_digest, stored_facts
from tlstudio.engine.models.rows import catalog_rows
from tlstudio.engine.models.spelling import is_auxiliary
from tlstudio.engine.models.tree import KEPT

# Files of torch before 0.4.1 do not have these counters; zero is what torch itself puts there.
_OPTIONAL = ".num_batches_tracked"


@dataclass(frozen=True, slots=True)
class Fit:
    """The comparison of a state dict with one network.

    Attributes:
        model: name in the catalog.
        num_classes: outputs of the head in the state dict; 0 where it has no such head.
        matched: names that fit.
        missing: names that the network needs and the state dict does not have.
        unexpected: names that the network does not know.
        mismatched: names whose shapes differ; the number of classes does not count.
        filled: counters that are not in the state dict and that zero will do for.
        auxiliary: names of auxiliary heads, to be left out.
    """

    model: str
    num_classes: int
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[str, ...]
    filled: tuple[str, ...]
    auxiliary: tuple[str, ...]

    @property
    def example(self) -> str:
        """The first name that does not fit; empty where all do."""
        return next(iter((*self.mismatched, *self.missing, *self.unexpected)), "")[:100]

    @property
    def is_exact(self) -> bool:
        """Whether the network can be built from the state dict."""
        return not (self.missing or self.unexpected or self.mismatched) and self.num_classes > 0


@dataclass(frozen=True, slots=True)
class _Outline:
    """Shapes and types of all entries of a network's state dict.

    `class_axes` tells which axis of an entry counts the classes.
    """

    shapes: Mapping[str, tuple[int, ...]]
    dtypes: Mapping[str, torch.dtype]
    class_axes: Mapping[str, int]


def expected_dtypes(model: str, inputs: InputConfig = AS_IT_IS) -> Mapping[str, torch.dtype]:
    """The type of each entry of the model's state dict."""
    return _outline(model, inputs).dtypes


def fit_of(state: Mapping[str, torch.Tensor], model: str, inputs: InputConfig = AS_IT_IS) -> Fit:
    """Compare names and shapes with those of one model.

    Raises:
        ConfigError: the catalog has no such model.
    """
    outline = _outline(model, inputs)
    num_classes = _classes_told(state, outline)
    matched: list[str] = []
    missing: list[str] = []
    mismatched: list[str] = []
    filled: list[str] = []
    for name, shape in outline.shapes.items():
        tensor = state.get(name)
        if tensor is None:
            (filled if name.endswith(_OPTIONAL) else missing).append(name)
            continue
        wanted = _with_classes(shape, outline.class_axes.get(name), num_classes)
        (matched if tuple(tensor.shape) == wanted else mismatched).append(name)
    unknown = [name for name in state if name not in outline.shapes]
    return Fit(
        model=model,
        num_classes=num_classes,
        matched=tuple(matched),
        missing=tuple(missing),
        unexpected=tuple(name for name in unknown if not is_auxiliary(name)),
        mismatched=tuple(mismatched),
        filled=tuple(filled),
        auxiliary=tuple(name for name in unknown if is_auxiliary(name)),
    )


def fitting_models(state: Mapping[str, torch.Tensor], models: Iterable[str] = ()) -> dict[str, Fit]:
    """The models that the state dict fits exactly, by name.

    Args:
        models: those to look at; all of the catalog if there are none.
    """
    names = list(models)
    if not names:
        recommended = (row.name for row in catalog_rows() if row.recommended)
        names = [*_same_layout(state), *recommended]
    fits = {name: fit_of(state, name) for name in names}
    return {name: fit for name, fit in fits.items() if fit.is_exact}


def best_fit(state: Mapping[str, torch.Tensor]) -> Fit:
    """The model of the catalog that the state dict fits best; see whether it `is_exact`.

    Of several that it fits, the first in the catalog. Where it fits none, the nearest one of the
    short list.
    """
    fits = [fit_of(state, name) for name in _same_layout(state)]
    if not any(fit.is_exact for fit in fits):
        fits += [fit_of(state, row.name) for row in catalog_rows() if row.recommended]
    return max(
        fits,
        key=lambda fit: (
            fit.is_exact,
            len(fit.matched) - len(fit.missing) - len(fit.unexpected) - len(fit.mismatched),
        ),
    )


def _same_layout(state: Mapping[str, torch.Tensor]) -> Iterator[str]:
    """The models whose layers have the names and shapes of `state`, in the catalog's order."""
    shapes = [(name, tuple(v.shape)) for name, v in state.items() if not is_auxiliary(name)]
    facts = stored_facts()
    known = {fact.heads for fact in facts.values()}
    digests = {heads: layout_digest(shapes, heads) for heads in known if _has_heads(state, heads)}
    for row in catalog_rows():
        fact = facts.get(row.name)
        if fact is not None and digests.get(fact.heads) == fact.layout:
            yield row.name


def _has_heads(state: Mapping[str, torch.Tensor], heads: tuple[str, ...]) -> bool:
    return all(any(name.startswith(head + ".") for name in state) for head in heads)


def _classes_told(state: Mapping[str, torch.Tensor], outline: _Outline) -> int:
    """Return the number of classes of the head in `state`; 0 where it has no such head."""
    for name, axis in outline.class_axes.items():
        value = state.get(name)
        if value is not None and value.dim() > axis:
            return value.shape[axis]
    return 0


def _with_classes(shape: tuple[int, ...], axis: int | None, classes: int) -> tuple[int, ...]:
    return shape if axis is None else (*shape[:axis], classes, *shape[axis + 1 :])


@lru_cache(maxsize=KEPT)
def _outline(model: str, inputs: InputConfig) -> _Outline:
    shapes, dtypes, head = _entries(model, 2, inputs)
    if head is not None:
        axes = {name: 0 for name in (f"{head}.weight", f"{head}.bias") if name in shapes}
    else:  # what changes with the number of classes belongs to it
        others = _entries(model, 3, inputs)[0]
        axes = {
            name: next(n for n, side in enumerate(shape) if side != others[name][n])
            for name, shape in shapes.items()
            if others[name] != shape
        }
    return _Outline(shapes, dtypes, axes)


def _entries(
    model: str, num_classes: int, inputs: InputConfig
) -> tuple[dict[str, tuple[int, ...]], dict[str, torch.dtype], str | None]:
    """Shapes and types of the state dict, and the path of a head of one layer."""
    with torch.device("meta"):
        network = architecture(model, num_classes, inputs)
    entries = network.state_dict()
    heads = head_paths(network)
    is_layer = isinstance(network.get_submodule(heads[0]), nn.Linear | nn.Conv2d)
    return (
        {name: tuple(value.shape) for name, value in entries.items()},
        {name: value.dtype for name, value in entries.items()},
        heads[0] if len(heads) == 1 and is_layer else None,
    )
