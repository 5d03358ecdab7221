"""`learning-curve` on a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import make_split_photos, tiny_classifier
from tlstudio.cli.main import main
from tlstudio.engine.probing import dataset_features


def test_it_says_what_more_photos_would_bring_and_where_it_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        dataset_features, "build_classifier", lambda _config, names: tiny_classifier(names)
    )
    photos = str(make_split_photos(tmp_path / "photos", train=12, val=10))
    assert main(["learning-curve", photos, "--more", "20"]) == 0
    said = capsys.readouterr().out
    assert "all classes" in said and "20 more images of each class would bring" in said
    assert main(["learning-curve", photos, "--json"]) == 0
    *_, told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told["more"] == 10 and len(told["classes"]) == 2
    assert told["overall"]["train"] == 24 and len(told["overall"]["gain"]) == 3

    few = str(make_split_photos(tmp_path / "few", train=4, val=2))
    assert main(["learning-curve", few]) == 0
    assert "too few images to tell" in capsys.readouterr().out
