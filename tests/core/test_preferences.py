"""The table of preferences, its file, and who reads it."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from tlstudio.core.errors import ConfigError, StorageError
from tlstudio.core.preferences import (
    PREFERENCES,
    PREFERENCES_TITLES,
    PreferencesConfig,
    faults,
    in_force,
)
from tlstudio.core.storage import (
    broken_path,
    cache_dir,
    data_dir,
    preferences_path,
    runs_dir,
    told_preferences,
    weights_dir,
    write_preferences,
)


def write(**values: object) -> Path:
    write_preferences(values, preferences_path())
    return preferences_path()


@pytest.mark.parametrize("spec", PREFERENCES, ids=lambda spec: spec.name)
def test_every_preference_says_what_it_is(spec) -> None:  # type: ignore[no-untyped-def]
    assert spec.text.title and spec.text.help.endswith(".")
    assert spec.text.group in PREFERENCES_TITLES
    assert PreferencesConfig().changed(**{spec.name: spec.default}) == PreferencesConfig()


def test_what_is_written_holds_from_the_next_question_on(tmp_path: Path) -> None:
    assert in_force() == PreferencesConfig()
    usual = cache_dir(), runs_dir()
    assert usual[1] == data_dir() / "runs" and weights_dir() is None
    write(device="cpu", threads=2, cache_folder=str(tmp_path / "c"), runs_folder=str(tmp_path))
    assert in_force().device == "cpu" and in_force().threads == 2
    assert cache_dir() == tmp_path / "c" and runs_dir() == tmp_path
    write()
    assert in_force() == PreferencesConfig() and (cache_dir(), runs_dir()) == usual


@pytest.mark.parametrize("folder", ["runs", "", 5, None, "\0", ["/a"]])
def test_a_folder_that_is_no_whole_path_is_not_used(folder: object) -> None:
    write(runs_folder=folder)
    assert runs_dir() == data_dir() / "runs"


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '"words"', "\x00\xff"])
def test_a_broken_file_gives_defaults_and_a_sentence(content: str) -> None:
    path = write()
    path.write_text(content, encoding="utf-8")
    assert in_force() == PreferencesConfig()
    [fault] = faults()
    assert "cannot be read" in str(fault) and broken_path(path).name in fault.hint_text
    write(threads=3)
    assert in_force().threads == 3 and not faults()
    assert broken_path(path).read_text(encoding="utf-8") == content


def test_values_of_no_use_are_told_one_by_one_and_the_others_hold() -> None:
    write(threads=-1, device="toaster", language="ko", of_a_newer_version=[1], https_proxy="a b")
    assert in_force() == PreferencesConfig(language="ko")
    assert {fault.values["value"] for fault in faults()} == {"-1", "toaster", "a b"}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("proxy:3128", "http://proxy:3128"),
        ("https://me:secret@proxy:1 ", "https://me:secret@proxy:1"),
        ("socks5://proxy", "socks5://proxy"),
        ("", ""),
    ],
)
def test_proxies_are_addresses(typed: str, value: str) -> None:
    assert PreferencesConfig().changed(http_proxy=typed).http_proxy == value


@pytest.mark.parametrize("typed", ["ftp://proxy", "http://", "http://proxy:port", "no way"])
def test_what_is_no_proxy_is_refused(typed: str) -> None:
    with pytest.raises(ConfigError):
        PreferencesConfig().changed(https_proxy=typed)


def test_the_file_is_written_whole_or_not_at_all_and_for_its_owner(tmp_path: Path) -> None:
    path = write(https_proxy="http://me:secret@proxy")
    assert json.loads(path.read_text())["version"] == 1
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        write_preferences({}, tmp_path / "file" / "preferences.json")
    assert told_preferences()["https_proxy"] == "http://me:secret@proxy"
