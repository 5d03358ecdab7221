"""ONNX Runtime's WebAssembly, which a web page carries: found on this machine, or downloaded.

It is another project's code (MIT) and no part of the studio's own: a bundle and an installation
from a checkout have fetched it into the resources (packaging/web_runtime.py); else it comes into
the user's data folder, only when a person agrees to that.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tlstudio.core.errors import ExportError, WebRuntimeMissingError
from tlstudio.core.networks.downloads import DownloadProgress
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import atomic_write, data_dir, resources_dir
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads.fetch import Wanted, fetch
from tlstudio.engine.downloads.partial import PartialFile, PartialNote

NAME, VERSION = "onnxruntime-web", "1.30.0"
ADDRESS = f"https://registry.npmjs.org/{NAME}/-/{NAME}-{VERSION}.tgz"
SHA256 = "d2228df7e4616bc3348bf504ee888f3bec43789a273f0a63f3e68d203ce3bf71"
DOWNLOAD_MB, KEPT_MB = 33, 4


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file of the package that a page needs; the digest is of what it holds unpacked."""

    name: str
    sha256: str
    size_bytes: int

    @property
    def kept_name(self) -> str:
        return f"{self.name}.gz"


# The smallest of the package that needs neither WebGPU nor several threads, and its loader.
_LOADER = _Piece(
    "ort.wasm.bundle.min.mjs",
    "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    73_054,
)
_WASM = _Piece(
    "ort-wasm-simd-threaded.wasm",
    "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
    14_239_897,
)


@dataclass(frozen=True, slots=True)
class WebRuntime:
    """What a page needs to run a network.

    Attributes:
        loader: a JavaScript module, gzipped.
        wasm: the WebAssembly, gzipped.
    """

    loader: bytes
    wasm: bytes


def notice() -> str:
    """Its licence, which every page tells."""
    text = (resources_dir() / "licence_texts" / f"{NAME}.txt").read_text(encoding="utf-8")
    return f"ONNX Runtime Web {VERSION} (https://github.com/microsoft/onnxruntime)\n\n{text}"


def shipped_dir() -> Path:
    """The folder that a bundle has it in."""
    return resources_dir() / "web"


def downloaded_dir() -> Path:
    """The folder that a download goes to."""
    return data_dir() / "web_runtime"


def find_runtime() -> WebRuntime | None:
    """The runtime, if it is on this machine, whole and unchanged."""
    return _runtime_in(shipped_dir()) or _runtime_in(downloaded_dir())


def require_runtime() -> WebRuntime:
    """The runtime.

    Raises:
        WebRuntimeMissingError: it is not on this machine.
    """
    found = find_runtime()
    if found is None:
        raise WebRuntimeMissingError(
            QT_TRANSLATE_NOOP(
                "core", "A web page needs {name}, which is not on this machine yet: {mb} MB."
            ),
            QT_TRANSLATE_NOOP(
                "core",
                "It is downloaded once, {kept} MB of it are kept; on a terminal: --download.",
            ),
            name=NAME,
            mb=DOWNLOAD_MB,
            kept=KEPT_MB,
        )
    return found


def download_runtime(
    folder: Path | None = None,
    *,
    stop: StopToken | None = None,
    on_progress: Callable[[DownloadProgress], None] | None = None,
    address: str = ADDRESS,
) -> None:
    """Fetch the runtime, unless it is there already; of what came only two files are kept.

    Args:
        folder: where to; None for the user's data folder.
        address: another place of the same file, e.g. a mirror.

    Raises:
        WeightsError: no connection, a refusal, a broken-off or wrong file, or it was stopped.
        ExportError: the package holds other files than it should.
        StorageError: it cannot be written, or the disk is too small.
    """
    if (find_runtime() if folder is None else _runtime_in(folder)) is not None:
        return
    folder = folder or downloaded_dir()
    part = PartialFile(folder / f"{NAME}-{VERSION}.tgz")
    with part.held(NAME):
        wanted = Wanted(NAME, address, version=VERSION, sha256=SHA256)
        note = PartialNote(NAME, VERSION, address)
        path = fetch(wanted, part, note, stop=stop, on_progress=on_progress)
        _take_out(path, folder)
        part.discard()


def _runtime_in(folder: Path) -> WebRuntime | None:
    loader, wasm = _read(folder, _LOADER), _read(folder, _WASM)
    return None if loader is None or wasm is None else WebRuntime(loader, wasm)


def _take_out(package: Path, folder: Path) -> None:
    try:
        with tarfile.open(package, "r:gz") as archive:
            for piece in (_LOADER, _WASM):
                member = archive.extractfile(f"package/dist/{piece.name}")
                content = b"" if member is None else _bounded(member, piece)
                if hashlib.sha256(content).hexdigest() != piece.sha256:
                    raise KeyError(piece.name)
                atomic_write(folder / piece.kept_name, gzip.compress(content, 9, mtime=0))
    except (KeyError, OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise ExportError(
            QT_TRANSLATE_NOOP("core", "The package {name} is not as it used to be."),
            QT_TRANSLATE_NOOP("core", "Please report it; the other exports need no download."),
            name=f"{NAME} {VERSION}",
        ) from error


def _read(folder: Path, piece: _Piece) -> bytes | None:
    """The packed file; None where it is missing or holds anything else than it should."""
    path = folder / piece.kept_name
    try:
        packed = path.read_bytes()
        with gzip.open(path) as file:
            content = _bounded(file, piece)
    except (OSError, EOFError, zlib.error):
        return None
    return packed if hashlib.sha256(content).hexdigest() == piece.sha256 else None


def _bounded(file: IO[bytes] | gzip.GzipFile, piece: _Piece) -> bytes:
    return file.read(piece.size_bytes + 1)
