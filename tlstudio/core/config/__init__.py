"""The settings of a run: one frozen value, from which form, flags, validation and file follow."""

from tlstudio.core.config.run_config import (
    FIELD_BY_NAME,
    FIELDS,
    EngineWish,
    Precision,
    RunConfig,
    config_from_json,
    make_config,
)

__all__ = [
    "FIELDS",
    "FIELD_BY_NAME",
    "EngineWish",
    "Precision",
    "RunConfig",
    "config_from_json",
    "make_config",
]
