"""Words of the Hugging Face hub: repositories, what goes there, and how far that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.errors import HubError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

WEIGHTS_FILE = "model.safetensors"
CARD_FILE = "README.md"
LABELS_FILE = "labels.txt"
TOKENS_PAGE = "https://huggingface.co/settings/tokens"

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?")
_ADDRESS = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/")


@dataclass(frozen=True, slots=True)
class PushOptions:
    """How a run goes to the hub.

    Attributes:
        repository: ``OWNER/NAME``, or ``NAME`` for one of the person's own.
        is_private: whether only the person sees it.
        update: whether it may become the new version of a repository that is there.
    """

    repository: str
    is_private: bool = True
    update: bool = False


@dataclass(frozen=True, slots=True)
class HubProgressed:
    """How many of the bytes are there."""

    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """A run is on the hub.

    Attributes:
        repository: ``OWNER/NAME``.
        address: of its page.
        files: their names.
    """

    repository: str
    address: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A file of the hub is here.

    Attributes:
        path: where it lies; in the cache that all programs of the hub share.
    """

    repository: str
    name: str
    path: Path


def repository_id(text: str, *, needs_owner: bool = False) -> str:
    """The name of a repository as a person types or pastes it, also as an address.

    Args:
        needs_owner: whether ``NAME`` alone will not do.

    Raises:
        HubError: it cannot be the name of one.
    """
    name = _ADDRESS.sub("", text.strip()).strip("/")
    parts = name.split("/")
    if "/tree/" in name or "/blob/" in name:
        parts = parts[:2]
    is_name = all(_NAME.fullmatch(part) and ".." not in part and "--" not in part for part in parts)
    if not is_name or len(parts) > 2 or (needs_owner and len(parts) < 2):
        raise HubError(
            QT_TRANSLATE_NOOP("core", "“{name}” is not the name of a repository."),
            QT_TRANSLATE_NOOP(
                "core", "Write it as OWNER/NAME, of Latin letters, digits and - _ . between them."
            ),
            name=text.strip(),
        )
    return "/".join(parts)


def suggested_name(title: str) -> str:
    """A name for a repository, from that of a run; never empty."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", title)
    name = re.sub(r"([._-])[._-]+", r"\1", name).strip("-._")[:96].strip("-._")
    return name.lower() or "classifier"
