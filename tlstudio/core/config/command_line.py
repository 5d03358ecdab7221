"""A configuration as the flags of `tlstudio train`, so that any run can be repeated."""

from __future__ import annotations

from tlstudio.core.config.run_config import FIELDS, RunConfig


def flag(name: str) -> str:
    """Return the flag of a field, e.g. ``--batch-size`` for ``batch_size``."""
    return "--" + name.replace("_", "-")


def flags_of(config: RunConfig) -> tuple[str, ...]:
    """The flags that give `config` whatever the dataset: every field that matters and differs from
    the tutorial's settings, beside ``--preset tutorial``.
    """
    words = ["--preset", "tutorial"]
    for spec in FIELDS:
        value = getattr(config, spec.name)
        if value == spec.default or not spec.is_relevant(config):
            continue
        words.append(flag(spec.name))
        words += map(str, value) if isinstance(value, tuple) else [str(value)]
    return tuple(words)
