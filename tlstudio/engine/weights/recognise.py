"""Which network a state dict belongs to, told by names and shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import torch

from tlstudio.core.inputs import InputConfig
from tlstudio.engine.models.build import AS_IT_IS, architecture
from tlstudio.engine.models.heads import head_path
from tlstudio.engine.models.measured import layout_digest, stored_facts
from tlstudio.engine.models.rows import catalog_rows
from tlstudio.engine.models.spelling import is_auxiliary

# Files of torch before 0.4.1 do not have these counters; zero is what torch itself puts there.
_OPTIONAL = ".num_batches_tracked"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a state dict fits one network.

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
    """Shapes and types of all entries of a network's state dict, and where its head is."""

    shapes: Mapping[str, tuple[int, ...]]
    dtypes: Mapping[str, torch.dtype]
    head: str


def expected_dtypes(model: str, inputs: InputConfig = AS_IT_IS) -> Mapping[str, torch.dtype]:
    """The type of each entry of the model's state dict."""
    return _outline(model, inputs).dtypes


def fit_of(state: Mapping[str, torch.Tensor], model: str, inputs: InputConfig = AS_IT_IS) -> Fit:
    """Compare names and shapes with those of one model.

    Raises:
        ConfigError: the catalog has no such model.
    """
    outline = _outline(model, inputs)
    head = {f"{outline.head}.weight", f"{outline.head}.bias"}
    weight = state.get(f"{outline.head}.weight")
    num_classes = weight.shape[0] if weight is not None and weight.dim() else 0
    matched: list[str] = []
    missing: list[str] = []
    mismatched: list[str] = []
    filled: list[str] = []
    for name, shape in outline.shapes.items():
        tensor = state.get(name)
        if tensor is None:
            (filled if name.endswith(_OPTIONAL) else missing).append(name)
            continue
        wanted = (num_classes, *shape[1:]) if name in head else shape
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
    heads = {fact.head for fact in facts.values() if f"{fact.head}.weight" in state}
    digests = {head: layout_digest(shapes, head) for head in heads}
    for row in catalog_rows():
        fact = facts.get(row.name)
        if fact is not None and digests.get(fact.head) == fact.layout:
            yield row.name


@cache
def _outline(model: str, inputs: InputConfig) -> _Outline:
    with torch.device("meta"):
        network = architecture(model, 2, inputs)
    entries = network.state_dict()
    return _Outline(
        shapes={name: tuple(value.shape) for name, value in entries.items()},
        dtypes={name: value.dtype for name, value in entries.items()},
        head=head_path(network),
    )
