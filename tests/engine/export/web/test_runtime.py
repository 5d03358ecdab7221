"""The runtime of web pages: where it is looked for, and its download."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.downloads.servers import FileServer
from tlstudio.core.errors import ExportError, WeightsError
from tlstudio.engine.export.web import runtime

FILES = {"loader.mjs": b"export default 1;" * 50, "some.wasm": b"\0asm" * 4000}


@dataclass
class Package:
    """The package on a server, and the folder that it goes to."""

    server: FileServer
    folder: Path

    @property
    def address(self) -> str:
        return f"{self.server.address}/package.tgz"

    def serve(self, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for name, content in files.items():
                member = tarfile.TarInfo(f"package/dist/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        served = self.server.put("/package.tgz", packed.getvalue())
        monkeypatch.setattr(runtime, "SHA256", served.sha256)


@pytest.fixture
def package(
    server: FileServer, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Package:
    for name, (file, content) in zip(("_LOADER", "_WASM"), FILES.items(), strict=True):
        piece = runtime._Piece(file, hashlib.sha256(content).hexdigest(), len(content))
        monkeypatch.setattr(runtime, name, piece)
    monkeypatch.setattr(runtime, "shipped_dir", lambda: tmp_path / "shipped")
    made = Package(server, runtime.downloaded_dir())
    made.serve({**FILES, "other.mjs": b"of no use"}, monkeypatch)
    return made


def test_without_it_the_sentence_says_how_much_would_come(package: Package) -> None:
    assert runtime.find_runtime() is None
    with pytest.raises(ExportError) as caught:
        runtime.require_runtime()
    assert "33 MB" in str(caught.value) and "--download" in caught.value.hint_text


def test_a_download_keeps_what_is_needed_and_comes_once(package: Package) -> None:
    runtime.download_runtime(address=package.address)
    runtime.download_runtime(address=package.address)
    assert len(package.server.asked) == 1
    found = runtime.require_runtime()
    assert [gzip.decompress(found.loader), gzip.decompress(found.wasm)] == list(FILES.values())
    kept = {path.name for path in package.folder.iterdir() if path.suffix != ".lock"}
    assert kept == {"loader.mjs.gz", "some.wasm.gz"}


def test_a_bundle_brings_its_own(package: Package, tmp_path: Path) -> None:
    runtime.download_runtime(tmp_path / "shipped", address=package.address)
    assert runtime.find_runtime() is not None
    assert not package.folder.exists()


def test_a_file_that_was_changed_is_not_used(package: Package) -> None:
    runtime.download_runtime(address=package.address)
    path = package.folder / "loader.mjs.gz"
    path.write_bytes(gzip.compress(FILES["loader.mjs"] + b"more"))
    assert runtime.find_runtime() is None
    path.write_bytes(b"no gzip")
    assert runtime.find_runtime() is None
    runtime.download_runtime(address=package.address)
    assert runtime.find_runtime() is not None


def test_another_package_is_refused(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "SHA256", "0" * 64)
    with pytest.raises(WeightsError):
        runtime.download_runtime(address=package.address)
    package.serve({**FILES, "some.wasm": b"another"}, monkeypatch)
    with pytest.raises(ExportError):
        runtime.download_runtime(address=package.address)
    assert runtime.find_runtime() is None
