"""Fetching pretrained weights, only when asked to, into the folder that torchvision reads too."""

from __future__ import annotations

import hashlib
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import tlstudio
from tlstudio.core.errors import WeightsError
from tlstudio.core.events import StopToken
from tlstudio.core.storage import atomic_path
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.models.places import checkpoint_path

TIMEOUT_S = 20.0

_CHUNK_BYTES = 256 * 1024
_MAX_BYTES = 8 * 1024**3
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,})\.")  # as torch.hub names its files


def download_weights(
    model: str,
    *,
    stop: StopToken | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    url: str | None = None,
) -> Path:
    """Fetch the pretrained weights of `model`, unless they are there already.

    The file appears when it is complete and its checksum is right; until then, and whenever
    something goes wrong, nothing is left behind.

    Args:
        model: its name in the catalog.
        stop: asked between pieces.
        on_progress: told ``(bytes so far, bytes in all)``; 0 in all where the server does not say.
        url: another place than the library's, e.g. a mirror; the file's name must end likewise.

    Returns:
        Where the weights are.

    Raises:
        ConfigError: the catalog has no such model.
        WeightsError: no connection, a refusal, a broken-off or wrong file, or it was stopped.
        StorageError: it cannot be written.
    """
    present = pretrained_path(model)
    if present is not None:
        return present
    address = url or _address(model)
    if urlparse(address).scheme not in ("http", "https"):
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "There are no pretrained weights of {model} to download."),
            QT_TRANSLATE_NOOP("core", "Choose another model, or start from random values."),
            model=model,
        )
    target = checkpoint_path(address)
    digest = hashlib.sha256()
    with _open(address, model) as response, atomic_path(target) as temporary:
        total = _length(response)
        done = 0
        with temporary.open("wb") as file:
            for piece in _pieces(response, model):
                if stop is not None and stop.stopped:
                    raise _stopped(model)
                file.write(piece)
                digest.update(piece)
                done += len(piece)
                if done > _MAX_BYTES:
                    raise _wrong_file(model)
                if on_progress is not None:
                    on_progress(done, total)
        if total and done != total:
            raise _broken_off(model)
        expected = _HASH_IN_NAME.search(target.name)
        if expected and not digest.hexdigest().startswith(expected.group(1)):
            raise _wrong_file(model)
    return target


def _address(model: str) -> str:
    weights = get_model(model).weights_named("")
    return weights.url if weights else ""


def _open(address: str, model: str) -> Any:
    request = urllib.request.Request(
        address, headers={"User-Agent": f"tlstudio/{tlstudio.__version__}"}
    )
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "core", "The server of the weights of {model} refused: {status} {reason}."
            ),
            QT_TRANSLATE_NOOP("core", "Try again later, or fetch it by hand from {address}"),
            model=model,
            status=error.code,
            reason=error.reason,
            address=address,
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "core", "The weights of {model} cannot be downloaded: no connection to {host}."
            ),
            QT_TRANSLATE_NOOP(
                "core",
                "Check the network, or choose a model whose weights are on board. By hand: put "
                "{address} into {folder}",
            ),
            model=model,
            host=urlparse(address).hostname or address,
            address=address,
            folder=checkpoint_path(address).parent,
        ) from error


def _length(response: Any) -> int:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else 0


def _pieces(response: Any, model: str) -> Iterator[bytes]:
    """What arrives, as it arrives. Errors of the network become ours, those of the disk stay."""
    while True:
        try:
            piece: bytes = response.read1(_CHUNK_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _broken_off(model) from error
        if not piece:
            return
        yield piece


def _broken_off(model: str) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "The download of the weights of {model} broke off."),
        QT_TRANSLATE_NOOP("core", "Check the network and try again."),
        model=model,
    )


def _wrong_file(model: str) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP(
            "core", "What was downloaded for {model} is not the expected file, and was deleted."
        ),
        QT_TRANSLATE_NOOP("core", "Try again; a proxy or a login page may have answered instead."),
        model=model,
    )


def _stopped(model: str) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "The download of the weights of {model} was stopped."),
        "",
        model=model,
    )
