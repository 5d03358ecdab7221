"""The files at the root that other programs read: the citation and the forms of GitHub."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.scripts import ROOT
from tlstudio import __version__

FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))  # not config.yml
FIELDS = {"input", "textarea", "dropdown", "checkboxes"}  # what GitHub's forms know, and markdown


def read(path: Path) -> dict[str, Any]:
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(values, dict)
    return values


def test_the_citation_names_this_version() -> None:
    citation = read(ROOT / "CITATION.cff")
    assert citation["version"] == __version__ and citation["license"] == "Apache-2.0"
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_the_forms_are_as_github_wants_them(path: Path) -> None:
    form = read(path)
    assert form["name"] and form["description"] and form["body"]
    ids = [field.get("id") for field in form["body"] if field["type"] != "markdown"]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[\w-]+", str(name)) for name in ids)
    for field in form["body"]:
        assert field["type"] in FIELDS | {"markdown"}
        assert field["attributes"]["value" if field["type"] == "markdown" else "label"]
        assert set(field) <= {"type", "id", "attributes", "validations"}
        if field["type"] == "dropdown":
            options = field["attributes"]["options"]
            assert len(set(options)) == len(options) > 1
    assert any(field.get("validations", {}).get("required") for field in form["body"])


def test_there_are_forms() -> None:
    assert [path.stem for path in FORMS] == ["fault", "idea", "words"]


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_what_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = set(re.findall(r"\]\(([^)#:]+)\)", text)) | set(re.findall(r"`(tests/[\w/.]+)`", text))
    missing = {link for link in links if not (ROOT / link).exists()}
    assert missing == set()
