"""The models that the studio offers, with the facts that help to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.catalog import Library, ModelSpec, SizeRule, WeightsPlace, WeightsSpec
from tlstudio.core.networks.families import family_of
from tlstudio.core.networks.vgg_list import is_vgg_list, vgg_list
from tlstudio.engine.models.kept_catalog import keep_models, kept_models
from tlstudio.engine.models.library_facts import (
    SMALLEST_PX,
    LibraryFacts,
    timm_facts,
    torchvision_facts,
)
from tlstudio.engine.models.measured import MeasuredFacts, measure, stored_facts
from tlstudio.engine.models.onboard import onboard_path
from tlstudio.engine.models.places import Places
from tlstudio.engine.models.rows import CatalogRow, catalog_row, catalog_rows


def list_models() -> tuple[ModelSpec, ...]:
    """List the models of the catalog, the on-board one first.

    Imports torchvision and timm the first time that these versions of them are there; then the
    list is kept on disk. Where weights are is looked up at each call.
    """
    places = Places()
    return tuple(_located(spec, places) for spec in _listed().values())


def known_models() -> tuple[ModelSpec, ...]:
    """The models if they are kept on disk, else none. No library is imported."""
    return list_models() if kept_models() else ()


def get_model(name: str) -> ModelSpec:
    """The facts about one model; what its library does not state is counted (0.2 s at most).

    Raises:
        ConfigError: the catalog has no such model; the hint names the nearest ones.
    """
    row = catalog_row(name)
    if is_vgg_list(row.name):
        return vgg_list(row.name).spec
    spec = _listed()[row.name]
    if not spec.parameters:
        spec = _spec(row, measured_facts(row.name))
    return _located(spec, Places())


def has_model(name: str) -> bool:
    """Whether the catalog has a model of that name; timm's answer to ``timm/<name>``, too."""
    try:
        catalog_row(name)
    except ConfigError:
        return False
    return True


def pretrained_path(model: str, weights: str = "") -> Path | None:
    """The file of pretrained weights on this machine; None while there is none.

    Args:
        model: its name in the catalog.
        weights: their name; empty for the default ones.

    Raises:
        ConfigError: the catalog has no such model, or the model no such weights.
    """
    spec = get_model(model)
    chosen = spec.weights_named(weights)
    if chosen is None:
        return None
    if chosen.place is WeightsPlace.ON_BOARD:
        return onboard_path(catalog_row(model).plain)
    return Places().of(chosen)


@cache
def measured_facts(name: str) -> MeasuredFacts:
    """Return counted facts about a network of the catalog, stored or counted now.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: it has no head that the studio knows.
    """
    stored = stored_facts().get(name)
    return stored if stored is not None else measure_model(name)


def measure_model(name: str) -> MeasuredFacts:
    """Build the network on the meta device and count.

    Raises:
        ConfigError, ModelError: see `measured_facts`.
    """
    import torch

    from tlstudio.engine.models.libraries import library_network, size_rule

    row = catalog_row(name)
    facts = _facts(row, 0)
    inputs = facts.preprocessing
    with torch.device("meta"):
        network = library_network(row.name, facts.num_classes)
    return measure(network, inputs.crop_px, inputs.channels, size_rule(row.name))


@cache
def _listed() -> Mapping[str, ModelSpec]:
    """All models by name, as if nothing had been downloaded."""
    models = kept_models()
    if not models:
        models = tuple(_spec(row, stored_facts().get(row.name)) for row in catalog_rows())
        keep_models(models)
    return {spec.name: spec for spec in models}


@cache
def _spec(row: CatalogRow, counted: MeasuredFacts | None) -> ModelSpec:
    """Return the row of a model as if nothing had been downloaded."""
    facts = _facts(row, counted.parameters if counted else 0)
    parameters = counted.parameters if counted else facts.parameters
    family = family_of(row.plain, facts.module)
    multiply_adds = counted.multiply_adds / 1e9 if counted else 0.0
    rule = counted.size_rule if counted else SizeRule.ANY
    minimum = facts.min_input_px
    if rule is SizeRule.INTERPOLATED:  # stated is the size that it is built for
        minimum = min(minimum, SMALLEST_PX)
    return ModelSpec(
        name=row.name,
        title=row.title,
        family=family.title,
        library=row.library,
        parameters=parameters,
        gflops=facts.gflops or multiply_adds,
        weights=facts.weights,
        preprocessing=facts.preprocessing,
        min_input_px=minimum,
        size_rule=rule,
        recommended=row.recommended,
        family_id=family.id,
        num_classes=facts.num_classes,
        parameters_with_auxiliary=facts.parameters if facts.parameters != parameters else 0,
    )


def _facts(row: CatalogRow, parameters: int) -> LibraryFacts:
    match row.library:
        case Library.TORCHVISION:
            return torchvision_facts(row.plain)
        case Library.TIMM:
            return timm_facts(row.plain, parameters)
        case Library.CLASSIC:
            from tlstudio.engine.models.classic import classic_spec

            classic = classic_spec(row.plain)
            return LibraryFacts(
                parameters=parameters,
                gflops=0.0,
                weights=(),
                preprocessing=replace(classic.preprocessing, channels=classic.channels),
                min_input_px=classic.min_input_px,
                module="classic",
                num_classes=classic.num_classes,
            )


def _located(spec: ModelSpec, places: Places) -> ModelSpec:
    found: tuple[WeightsSpec, ...] = tuple(places.located(weights) for weights in spec.weights)
    return spec if found == spec.weights else replace(spec, weights=found)
