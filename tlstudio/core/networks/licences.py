"""Reads what the licences of pretrained weights allow."""

from __future__ import annotations

import re

_NONCOMMERCIAL_WORDS = frozenset({"nc", "noncommercial"})
# Licences whose name or address does not say it.
_NONCOMMERCIAL = (
    "apple-amlr",  # Apple Machine Learning Research Model License: research only
    "facebookresearch/swag",  # CC BY-NC 4.0
)


def is_noncommercial(licence: str) -> bool:
    """Whether a licence, by its name or address, forbids commercial use; False if it is unknown."""
    text = licence.casefold()
    words = re.split(r"[^a-z0-9]+", text.replace("non-commercial", "noncommercial"))
    return bool(_NONCOMMERCIAL_WORDS & set(words)) or any(name in text for name in _NONCOMMERCIAL)
