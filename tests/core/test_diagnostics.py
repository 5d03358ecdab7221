"""What is sent along tells of the machine, not of the person."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlstudio.core.diagnostics import Fact, FactGroup, gather, processor_flags, without_person
from tlstudio.core.storage import data_dir


def test_all_that_helps_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", "1.5")
    monkeypatch.setenv("UNHEARD_OF", "nobody's business")
    log = data_dir() / "tlstudio.log"
    log.parent.mkdir(parents=True)
    log.write_text("something fell\n", encoding="utf-8")
    found = gather((FactGroup("Window", (Fact("Qt", "6"),)),))
    text = found.text()
    for told in ("TLStudio: 0.", "torch: ", "## Window\nQt: 6", "QT_SCALE_FACTOR: 1.5"):
        assert told in text
    assert "UNHEARD_OF" not in text
    assert found.log == ("something fell",) and text.endswith("## Log\nsomething fell\n")
    assert "Last crash" not in text


def test_a_crash_is_part_of_it() -> None:
    crashes = data_dir() / "crashes"
    crashes.mkdir(parents=True)
    (crashes / "crash 1.txt").write_text("Fatal Python error\n", encoding="utf-8")
    assert "## Last crash\nFatal Python error\n" in gather().text()


def test_neither_names_nor_passwords_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("/home/minji")
    monkeypatch.setattr(Path, "home", lambda: home)
    assert without_person(f"{home}/photos and {home}: {home}2") == f"~/photos and ~: {home}2"
    monkeypatch.setenv("HTTPS_PROXY", "http://minji:secret@proxy.example:8080")
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    text = gather().text()
    assert "secret" not in text and "http://…@proxy.example:8080" in text


def test_the_flags_of_a_processor_are_found_by_whole_names(tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("processor : 0\nflags\t: fpu avx2 avx512_bf16 xavx amx_bf16\n", "utf-8")
    assert processor_flags(told) == ("avx2", "avx512_bf16", "amx_bf16")
    assert processor_flags(tmp_path / "missing") == ()
