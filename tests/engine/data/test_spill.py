"""Images beyond the memory budget lie on disk, the same bit for bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.helpers import photo, tiny_preprocessing
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.data import store as store_module
from tlstudio.engine.data.spill import SpillFile
from tlstudio.engine.data.store import ImageStore

PREPROCESSING = tiny_preprocessing()


def image(seed: int, shape: tuple[int, ...] = (3, 5, 7)) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    spill = SpillFile(tmp_path)
    images = [image(n, (3, 4 + n, 6)) for n in range(5)] + [image(9).permute(0, 2, 1)]
    places = [spill.put(one) for one in images]
    for one, place in reversed(list(zip(images, places, strict=True))):
        assert place is not None
        found = spill.get(place)
        assert found is not None
        assert torch.equal(found, one)
    spill.clear()
    assert list(tmp_path.iterdir()) == []


def test_its_budget_holds(tmp_path: Path) -> None:
    spill = SpillFile(tmp_path, max_bytes=2 * image(0).nbytes)
    assert spill.put(image(0)) and spill.put(image(1))
    assert spill.put(image(2)) is None


def test_without_a_disk_nothing_is_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    assert SpillFile(blocked / "folder").put(image(0)) is None


def test_a_store_decodes_a_spilled_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = [ImageRef.of_file(tmp_path / f"{number}.png") for number in range(4)]
    for number, ref in enumerate(images):
        photo(number % 2, number).save(ref.path)
    reads: list[ImageRef] = []
    read_picture = store_module.read_picture
    monkeypatch.setattr(
        store_module,
        "read_picture",
        lambda ref, preprocessing: reads.append(ref) or read_picture(ref, preprocessing),
    )
    store = ImageStore(PREPROCESSING, max_bytes=0, spill=SpillFile(tmp_path / "cache"))
    first = [store.picture(ref) for ref in images]
    second = [store.picture(ref) for ref in images]
    assert reads == images
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    store.clear()
    assert torch.equal(store.picture(images[0]), first[0])
    assert reads == [*images, images[0]]
