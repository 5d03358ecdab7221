"""Checkpoints: whole and unhurt, or refused in a sentence."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
import torch

from tlstudio.core.errors import StorageError
from tlstudio.engine.runs.checkpoint import read_checkpoint, write_checkpoint
from tlstudio.engine.runs.files import CHECKPOINT

STATE = {
    "version": 1,
    "network": {"weight": torch.arange(4000.0), "count": torch.tensor(3)},
    "history": [{"epoch": 1, "val_loss": 0.25, "val_accuracy": None}],
    "unreadable": [(3, "It is no image.")],
}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, STATE)
    state = read_checkpoint(tmp_path)
    assert {**state, "network": None} == {**STATE, "network": None}
    for name, value in STATE["network"].items():  # type: ignore[attr-defined]
        assert torch.equal(state["network"][name], value)


def test_any_flipped_bit_is_found(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, STATE)
    path = tmp_path / CHECKPOINT
    whole = path.read_bytes()
    generator = random.Random(1)
    refused = 0
    for _ in range(60):
        data = bytearray(whole)
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
        path.write_bytes(data)
        try:
            state = read_checkpoint(tmp_path)
        except StorageError as error:
            assert "damaged" in str(error)
            refused += 1
        else:  # it hit what no value depends on
            assert torch.equal(state["network"]["weight"], torch.arange(4000.0))
            assert state["history"] == STATE["history"]
    assert refused > 40


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, STATE)
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StorageError, match="damaged"):
        read_checkpoint(tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkpoint(tmp_path, {"network": {"weight": torch.zeros(1_000_000)}})
    path = tmp_path / CHECKPOINT
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    monkeypatch.setattr(torch, "load", lambda *args, **options: pytest.fail("it was unpacked"))
    with pytest.raises(StorageError, match="damaged"):
        read_checkpoint(tmp_path)
