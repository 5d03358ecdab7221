"""Exports, the hub and serving as the window asks for them: functions for worker threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.errors import StorageError
from tlstudio.core.export.formats import Exported, ExportOptions, ExportPart, ExportProgressed
from tlstudio.core.hub import HubProgressed, Pulled, Pushed, PushOptions
from tlstudio.core.runs.events import StopToken
from tlstudio.core.serving import ServingProgressed, ServingStarted
from tlstudio.core.storage import is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.features.export.subject import ExportSubject
from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.gui.state.jobs import Classifier


export_elsewhere = later("tlstudio.engine.export.elsewhere", "export_elsewhere")
download_runtime = later("tlstudio.engine.export.web.runtime", "download_runtime")


class TakenError(StorageError):
    """There is a file of that name."""


def export(
    subject: ExportSubject,
    options: ExportOptions,
    out: Path,
    may_replace: bool,
    may_download: bool,
    stop: StopToken,
) -> Iterator[ExportProgressed | Exported]:
    """Write an export and compare it with the original.

    Raises:
        TakenError: there is a file of that name, and it may not be replaced.
        WebRuntimeMissingError: what runs a web page is to be downloaded first, and may not be.
        TLStudioError: see `engine.export.elsewhere`.
    """
    if may_download:
        yield ExportProgressed(ExportPart.DOWNLOAD)
        download_runtime(stop=stop)
    if is_there(out) and not may_replace:
        raise TakenError(
            QT_TRANSLATE_NOOP("core", "“{name}” is there already."),
            QT_TRANSLATE_NOOP("core", "Choose another name, or replace it."),
            name=out.name,
        )
    source: Classifier | str
    if subject.run is not None and subject.run.has_weights:
        source = str(subject.run.folder)
    else:
        assert subject.classifier is not None, "what is not in hand is a run"
        source = subject.classifier
    data = Path(subject.index.root) if subject.index is not None else None
    yield from export_elsewhere(source, options, out, stop, data=data)


def push(
    subject: ExportSubject, options: PushOptions, stop: StopToken
) -> Iterator[HubProgressed | Pushed]:
    """Hand a network on to the hub."""
    from tlstudio.engine.hub.card import CardFacts
    from tlstudio.engine.hub.push import push

    run = subject.run
    facts = CardFacts(subject.title) if run is None else CardFacts.of_run(run, subject.title)
    yield from push(_classifier(subject), facts, options, stop)


def pull(repository: str, stop: StopToken) -> Iterator[HubProgressed | Pulled]:
    """Fetch weights from the hub."""
    from tlstudio.engine.hub.pull import pull

    yield from pull(repository, stop)


def log_in(token: str, stop: StopToken) -> Iterator[None]:
    """Let the hub's library check and keep an access token."""
    from tlstudio.engine.hub.client import log_in

    log_in(token, stop)
    yield None


def has_token() -> bool:
    """Whether a person is logged in to the hub."""
    from tlstudio.engine.hub.client import has_token

    return has_token()


def serve(
    subject: ExportSubject, port: int, stop: StopToken
) -> Iterator[ServingStarted | ServingProgressed]:
    """Answer requests of this computer until it is stopped."""
    from tlstudio.engine.serving.server import serve

    yield from serve(_classifier(subject), subject.title, port=port, stop=stop)


def _classifier(subject: ExportSubject) -> Classifier:
    from tlstudio.engine.runs.weights import read_classifier

    if subject.classifier is not None:
        return subject.classifier
    assert subject.run is not None, "what is not in hand is a run"
    return read_classifier(subject.run.folder)
