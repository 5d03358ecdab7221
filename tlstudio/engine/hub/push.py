"""A classifier to the hub: its weights with all that gives them a meaning, and its card."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.hub import (
    CARD_FILE,
    LABELS_FILE,
    WEIGHTS_FILE,
    HubProgressed,
    Pushed,
    PushOptions,
    repository_id,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.hub.card import CardFacts, model_card
from tlstudio.engine.hub.client import (
    asked,
    has_token,
    name_taken,
    no_token,
    open_hub,
    stopped,
    told_plainly,
)
from tlstudio.engine.hub.progress import Report, with_progress
from tlstudio.engine.models.auxiliary import without_auxiliary
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.save import save_weights

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_MESSAGE = "From TLStudio"
_STEPS = 200  # of the progress
_MADE_BY_HUB = frozenset({".gitattributes"})  # all that a new repository holds


def push(
    classifier: Classifier, facts: CardFacts, options: PushOptions, stop: StopToken
) -> Iterator[HubProgressed | Pushed]:
    """Hand a classifier on: weights as safetensors, class names, and a model card.

    All files become one commit at the very end, so what is stopped or breaks off changes nothing
    but that an empty repository may be there, which the next attempt fills.

    Args:
        classifier: stays as it is.
        facts: that its card tells.

    Raises:
        HubError: no login, no network, a refusal, the name is taken, or it was stopped.
        WeightsError: the preferences allow no downloads.
        StorageError: the disk is full.
    """
    name = repository_id(options.repository)
    hub = open_hub()
    if not has_token():
        raise no_token()
    with tempfile.TemporaryDirectory(prefix="tlstudio-") as folder:
        files = _written(classifier, facts, name, Path(folder))
        yield HubProgressed(0, sum(file.stat().st_size for file in files))
        full_name = _made(hub, name, options, stop)
        with told_plainly(full_name, stop):
            for event in with_progress(partial(_uploaded, hub, full_name, files, stop)):
                if event is not None:
                    yield event
    address = f"{hub.endpoint}/{full_name}"
    yield Pushed(full_name, address, tuple(file.name for file in files))


def _written(classifier: Classifier, facts: CardFacts, name: str, folder: Path) -> list[Path]:
    weights, labels, card = (folder / n for n in (WEIGHTS_FILE, LABELS_FILE, CARD_FILE))
    save_weights(without_auxiliary(classifier), weights)
    labels.write_text("".join(f"{label}\n" for label in classifier.classes), encoding="utf-8")
    card.write_text(model_card(classifier, facts, name), encoding="utf-8")
    return [card, labels, weights]


def _made(hub: HfApi, name: str, options: PushOptions, stop: StopToken) -> str:
    """Make the repository, or find that it may be written to; returns its whole name."""
    if "/" not in name:
        owner = asked(hub.whoami, name, stop)["name"]
        name = f"{owner}/{name}"

    def make() -> bool:
        from huggingface_hub.errors import HfHubHTTPError

        try:
            hub.create_repo(name, private=options.is_private, exist_ok=False)
        except HfHubHTTPError as error:
            if error.response.status_code != 409:
                raise
            return options.update or _MADE_BY_HUB.issuperset(hub.list_repo_files(name))
        return True

    if not asked(make, name, stop):
        raise name_taken(name)
    return name


class _ReadFile(io.BufferedReader):
    """A file that is sent: it says how far that is, and ends when it is stopped.

    The hub's library sends open files by plain HTTP, through the proxies of the preferences.
    """

    def __init__(self, path: Path, on_read: Callable[[], None]) -> None:
        super().__init__(io.FileIO(path))
        self._on_read = on_read

    def read(self, size: int | None = -1, /) -> bytes:
        self._on_read()
        return super().read(size)


def _uploaded(
    hub: HfApi, name: str, paths: Sequence[Path], stop: StopToken, report: Report
) -> None:
    from huggingface_hub import CommitOperationAdd

    files: list[_ReadFile] = []
    total, most = sum(path.stat().st_size for path in paths), 0

    def on_read() -> None:
        nonlocal most
        if stop.stopped:
            raise stopped()
        done = sum(file.tell() for file in files)
        if done - most >= total / _STEPS:  # each is read once before, for its SHA-256
            most = done
            report(HubProgressed(done, total))

    with ExitStack() as opened:
        files += [opened.enter_context(_ReadFile(path, on_read)) for path in paths]
        additions = [
            CommitOperationAdd(path.name, file) for path, file in zip(paths, files, strict=True)
        ]
        hub.preupload_lfs_files(name, additions, num_threads=1, free_memory=False)
        if stop.stopped:
            raise stopped()
        hub.create_commit(name, additions, commit_message=_MESSAGE, num_threads=1)
