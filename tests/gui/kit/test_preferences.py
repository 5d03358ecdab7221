"""What is remembered, read back by a new process."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from tlstudio.core.preferences import PreferencesConfig
from tlstudio.gui.kit.preferences import RECENT_KEPT, Preferences
from tlstudio.gui.kit.theme import Scheme


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "preferences.ini"


def test_values_come_back_typed(file: Path, tmp_path: Path) -> None:
    preferences = Preferences(file)
    preferences.language = "ko"
    preferences.scheme = Scheme.DARK
    preferences.shows_inspector = False
    preferences.is_simple = True
    preferences.inspector_px = 444
    preferences.add_recent_dataset(tmp_path)
    preferences.keep_window_layout(QByteArray(b"geometry"), QByteArray(b"state"))
    del preferences
    again = Preferences(file)
    assert again.language == "ko"
    assert again.scheme is Scheme.DARK
    assert not again.shows_inspector and again.is_simple
    assert again.inspector_px == 444
    assert again.recent_datasets == (tmp_path,)
    assert again.window_layout() == (QByteArray(b"geometry"), QByteArray(b"state"))


def test_a_new_person_gets_defaults(file: Path) -> None:
    preferences = Preferences(file)
    assert preferences.language == "system"
    assert preferences.scheme is Scheme.SYSTEM
    assert preferences.recent_datasets == ()
    assert preferences.shows_inspector and not preferences.is_simple
    assert preferences.inspector_px == 0


def test_what_an_earlier_version_kept_is_taken_over_once(file: Path, tmp_path: Path) -> None:
    old = "[General]\nlanguage=ko\nscheme=dark\nsimple=true\nrecent_datasets=/data/a\n"
    file.write_text(f"{old}[runs]\nlimit_bytes=5000000000\n", encoding="utf-8")
    preferences = Preferences(file)
    assert preferences.config == PreferencesConfig(
        language="ko", scheme="dark", detail="simple", runs_limit_gb=5
    )
    assert preferences.is_simple and preferences.runs_limit_bytes == 5_000_000_000
    assert preferences.recent_datasets == (Path("/data/a"),)
    preferences.change(language="en", detail="full")
    again = Preferences(file)
    assert again.language == "en" and not again.is_simple and again.scheme is Scheme.DARK


def test_changes_are_told_once_and_only_changes(file: Path) -> None:
    preferences, told = Preferences(file), []
    preferences.changed.connect(told.append)
    preferences.change(threads=2, device="cpu")
    preferences.change(threads=2)
    assert told == ["threads", "device"]


def test_what_cannot_be_kept_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    preferences, told = Preferences(tmp_path / "file" / "preferences.ini"), []
    preferences.not_kept.connect(told.append)
    preferences.scheme = Scheme.DARK
    assert preferences.scheme is Scheme.DARK
    assert "cannot be written" in str(told[0])


def test_what_is_remembered_can_be_forgotten(file: Path, tmp_path: Path) -> None:
    preferences = Preferences(file)
    preferences.add_recent_dataset(tmp_path)
    preferences.add_recent_find("action.train")
    preferences.keep_last_folder("weights", "/somewhere")
    preferences.keep_last_folder("images", "/elsewhere")
    assert set(preferences.last_folders) == {"/somewhere", "/elsewhere"}
    for forget in (
        preferences.clear_recent_datasets,
        preferences.clear_recent_finds,
        preferences.clear_last_folders,
    ):
        forget()
    again = Preferences(file)
    assert not (again.recent_datasets or again.recent_finds or again.last_folders)


def test_nonsense_in_the_file_is_a_default(file: Path) -> None:
    file.write_text(
        "[General]\nscheme=plaid\nrecent_datasets=@Invalid()\n[inspector]\nwidth_px=wide\n",
        encoding="utf-8",
    )
    preferences = Preferences(file)
    assert preferences.scheme is Scheme.SYSTEM
    assert preferences.recent_datasets == ()
    assert preferences.inspector_px == 0


def test_recent_datasets_are_few_and_latest_first(file: Path, tmp_path: Path) -> None:
    preferences = Preferences(file)
    folders = [tmp_path / f"d{i}" for i in range(RECENT_KEPT + 2)]
    for folder in folders:
        preferences.add_recent_dataset(folder)
    preferences.add_recent_dataset(folders[5])
    recent = preferences.recent_datasets
    assert recent[0] == folders[5]
    assert len(recent) == len(set(recent)) <= RECENT_KEPT
