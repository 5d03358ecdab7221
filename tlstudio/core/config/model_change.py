"""Adapts the other settings when another model is chosen."""

from __future__ import annotations

from tlstudio.core.config import RunConfig
from tlstudio.core.networks.catalog import ModelSpec

FROM_SCRATCH = "from_scratch"


def settled(config: RunConfig, before: ModelSpec | None, after: ModelSpec | None) -> RunConfig:
    """`config`, whose model has just changed, without what only fitted the model before.

    Ticks and paths were another network's. A model without pretrained weights can only be trained
    from scratch; the one after it goes back to the defaults. Specs are None while the catalog is
    not there.
    """
    if config.strategy == "custom":
        config = config.changed(strategy="fine_tuning", trainable=())
    if config.initialisation == "file":
        config = config.changed(initialisation="pretrained", start_from="")
    if config.train_from:
        config = config.changed(train_from="")
    if after is not None and not after.weights:
        return config.changed(strategy=FROM_SCRATCH, initialisation="random")
    came_from_none = before is not None and not before.weights
    if came_from_none and after is not None and config.strategy == FROM_SCRATCH:
        default = RunConfig()
        return config.changed(strategy=default.strategy, initialisation=default.initialisation)
    return config
