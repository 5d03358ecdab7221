"""English and Korean: every string translated, every placeholder kept."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from tlstudio.core.errors import ConfigError, DatasetError, StorageError
from tlstudio.core.storage import resources_dir
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import language

PACKAGING = Path(__file__).parents[3] / "packaging" / "translate.py"
FIELD = re.compile(r"\{[^{}]*\}|%n|%L?\d")
GROUPED = "%Ln"  # a count as the language writes it; the sources have %n


@pytest.fixture
def korean(app: QApplication) -> Iterator[None]:
    language.install("ko")
    yield
    language.install("en")


def strings(file: Path) -> dict[tuple[str, str], tuple[str, bool]]:
    """(context, source) -> (translation, finished) of a .ts file."""
    found = {}
    for context in ElementTree.parse(file).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            target = message.find("translation")
            assert target is not None
            forms = [form.text or "" for form in target.iter("numerusform")]
            words = "\n".join(forms) if forms else target.text or ""
            done = target.get("type") != "unfinished" and bool(words.strip())
            found[name, message.findtext("source") or ""] = (words, done)
    return found


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """A copy of the shipped .ts files."""
    for file in (resources_dir() / "translations").glob("*.ts"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest.mark.parametrize("code", ["en", "ko"])
def test_every_string_is_translated(copies: Path, code: str) -> None:
    runpy.run_path(str(PACKAGING))["update"](copies)
    now = strings(copies / f"tlstudio_{code}.ts")
    assert now
    assert [key for key, (_, done) in now.items() if not done] == []


@pytest.mark.parametrize("code", ["en", "ko"])
def test_the_compiled_file_is_the_current_one(copies: Path, code: str) -> None:
    runpy.run_path(str(PACKAGING))["compile_all"](copies)
    shipped = resources_dir() / "translations" / f"tlstudio_{code}.qm"
    assert (copies / shipped.name).read_bytes() == shipped.read_bytes()


def test_placeholders_survive_translation() -> None:
    for (_, source), (words, _) in strings(
        resources_dir() / "translations" / "tlstudio_ko.ts"
    ).items():
        for form in words.split("\n") if "%n" in source else [words]:
            kept = FIELD.findall(form.replace(GROUPED, "%n"))
            assert sorted(kept) == sorted(FIELD.findall(source)), source


@pytest.mark.parametrize(("code", "expected"), [("en", "2,000 classes"), ("ko", "클래스 2,000개")])
def test_counts_are_written_as_the_language_does(
    app: QApplication, code: str, expected: str
) -> None:
    language.install(code)
    try:
        assert QCoreApplication.translate("Browser", "%n class(es)", "", 2000) == expected
    finally:
        language.install("en")


def test_errors_speak_korean(korean: None) -> None:
    error = ConfigError(
        "“{value}” is not a valid value for {name}.",
        "It must be a number from {minimum} to {maximum}.",
        value=0,
        name="epochs",
        minimum=1.0,
        maximum=1000.0,
    )
    assert re.search("[가-힣]", language.error_text(error))
    assert "1000" in language.error_hint(error)


def test_a_persons_own_words_are_not_translated(korean: None) -> None:
    sentence = "The class “{name}” has no training images."
    assert "Step" in language.error_text(DatasetError(sentence, name="Step"))
    ours = QT_TRANSLATE_NOOP("core", "Step")
    assert "Step" not in language.error_text(DatasetError(sentence, name=ours))


def test_an_unknown_sentence_stays_english(korean: None) -> None:
    assert language.error_text(DatasetError("Not in the file: {x}", x=1)) == "Not in the file: 1"


@pytest.mark.parametrize(("wish", "expected"), [("ko", "ko"), ("en", "en"), ("xx", "en")])
def test_languages_resolve(wish: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language.QLocale, "system", lambda: language.QLocale("en_US"))
    assert language.resolve(wish) == expected


def test_a_name_that_no_screen_can_show_is_made_readable(app: QApplication) -> None:
    error = StorageError("“{name}” in {place}", name="a\ud800\x1b", place=Path("b\u202e"))
    assert language.error_text(error) == "“a��” in b�"
    assert language.shown("a\x07b") == "a�b"
