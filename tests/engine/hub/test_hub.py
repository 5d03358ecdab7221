"""Runs to the hub and back, through its real library and a hub on this machine."""

from __future__ import annotations

import logging
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from tests.engine.hub.server import OWNER, TOKEN, HubServer, _Handler
from tests.helpers import photo
from tlstudio.core.config import RunConfig
from tlstudio.core.errors import HubError, TLStudioError, WeightsError
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.hub import (
    HubProgressed,
    Pulled,
    Pushed,
    PushOptions,
    repository_id,
    suggested_name,
)
from tlstudio.core.preferences import preferences_path
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.hub.card import CardFacts
from tlstudio.engine.hub.client import has_token, log_in
from tlstudio.engine.hub.pull import pull
from tlstudio.engine.hub.push import push
from tlstudio.engine.inference import predict
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.weights.load import load_weights

# of the hub's library about its own HTTP client
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

FACTS = CardFacts("Leaves of autumn", "leaves", Share(60, 75))


@pytest.fixture(scope="module")
def classifier() -> Any:
    """One of the catalog, which a file names."""
    config = RunConfig().changed(model="lenet5", initialisation="random")
    return build_classifier(config, ("green", "red"))


def pushed(classifier: Any, name: str = "leaves", **options: Any) -> Pushed:
    *_, last = push(classifier, FACTS, PushOptions(name, **options), StopToken())
    assert isinstance(last, Pushed)
    return last


def pulled(name: str, **options: Any) -> Pulled:
    *_, last = pull(name, StopToken(), **options)
    assert isinstance(last, Pulled)
    return last


def test_there_and_back(hub: HubServer, classifier: Any, tmp_path: Path) -> None:
    done = pushed(classifier)
    assert done.repository == f"{OWNER}/leaves" and done.address.endswith("/mina/leaves")
    kept = hub.repositories[done.repository]
    assert kept.private and kept.commits == 1
    assert set(done.files) == set(kept.files) - {".gitattributes"}
    assert kept.files["labels.txt"] == b"green\nred\n"
    back = pulled(f"https://huggingface.co/{done.repository}/tree/main")
    loaded = load_weights(back.path).classifier
    assert loaded.classes == ("green", "red")
    photo(size=(40, 40)).save(tmp_path / "a.png")
    images = [tmp_path / "a.png"]
    assert list(predict(loaded, images)) == list(predict(classifier, images))


def test_the_card_tells_how_good_it_is(hub: HubServer, classifier: Any) -> None:
    pushed(classifier)
    card = hub.repositories[f"{OWNER}/leaves"].files["README.md"].decode()
    _, head, body = card.split("---\n", 2)
    values = yaml.safe_load(head)
    assert values["pipeline_tag"] == "image-classification"
    (result,) = values["model-index"][0]["results"]
    assert result["metrics"][0]["value"] == 0.8
    assert "# Leaves of autumn" in body and "80.0 %" in body and "of 75 validation" in body.lower()
    assert "`green`, `red`" in body


def test_progress_ends_with_all_bytes(hub: HubServer, classifier: Any) -> None:
    *told, _ = push(classifier, FACTS, PushOptions("leaves"), StopToken())
    done = [event.done_bytes for event in told if isinstance(event, HubProgressed)]
    assert done == sorted(done) and done[-1] > done[0] == 0


def test_a_name_that_is_taken(hub: HubServer, classifier: Any) -> None:
    kept = hub.put(f"{OWNER}/leaves", note__txt=b"mine")
    with pytest.raises(HubError, match=f"“{OWNER}/leaves” already"):
        pushed(classifier)
    assert kept.commits == 0
    pushed(classifier, update=True)
    assert kept.commits == 1 and kept.files["note.txt"] == b"mine"


def test_a_repository_that_was_left_empty_is_filled(hub: HubServer, classifier: Any) -> None:
    kept = hub.put(f"{OWNER}/leaves")
    pushed(classifier)
    assert kept.commits == 1


def test_stopping_leaves_nothing(hub: HubServer, classifier: Any) -> None:
    stop = StopToken()
    hub.on_upload = stop.stop
    with pytest.raises(HubError, match="stopped"):
        list(push(classifier, FACTS, PushOptions("leaves"), stop))
    assert hub.repositories[f"{OWNER}/leaves"].commits == 0
    with pytest.raises(HubError, match="stopped"):
        list(pull("mina/leaves", stop))


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "does not take this access token"), (403, "may not write"), (503, r"is busy \(503\)")],
)
def test_refusals_are_sentences(
    status: int, words: str, hub: HubServer, classifier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    hub.status = status
    with pytest.raises(HubError, match=words) as caught:
        pushed(classifier, f"{OWNER}/leaves")
    assert caught.value.hint_text and TOKEN not in str(caught.value)


def test_somebody_elses_name(hub: HubServer, classifier: Any) -> None:
    with pytest.raises(HubError, match="may not write to “other/leaves”"):
        pushed(classifier, "other/leaves")


def test_what_is_not_there(hub: HubServer) -> None:
    with pytest.raises(HubError, match="no repository “mina/nothing”"):
        pulled("mina/nothing")
    hub.put("mina/words", config__json=b"{}")
    with pytest.raises(HubError, match="no weights that the studio reads"):
        pulled("mina/words")
    hub.put("mina/two", a__pth=b"", b__pth=b"")
    with pytest.raises(HubError, match="no weights called “c") as caught:
        pulled("mina/two", file="c.pth")
    assert "a.pth, b.pth" in caught.value.hint_text


def test_no_network(hub: HubServer, classifier: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(HubError, match="No network") as caught:
        pushed(classifier)
    assert "import" not in caught.value.hint_text


def test_downloads_off(hub: HubServer, classifier: Any) -> None:
    preferences_path().parent.mkdir(parents=True, exist_ok=True)
    preferences_path().write_text('{"downloads": "off"}')
    for work in (
        push(classifier, FACTS, PushOptions("leaves"), StopToken()),
        pull("a/b", StopToken()),
    ):
        with pytest.raises(WeightsError, match="switched off in the preferences"):
            list(work)
    with pytest.raises(WeightsError, match="switched off in the preferences"):
        log_in(TOKEN)
    assert hub.asked == []


def test_the_login_is_kept_by_the_hubs_library_alone(
    nobody: HubServer, classifier: Any, own_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(HubError, match="not logged in"):
        pushed(classifier)
    for wrong in ("", "hf wrong", "hf_wrong", "비밀"):
        with pytest.raises(HubError, match="does not take this access token"):
            log_in(wrong)
    assert not has_token()
    with caplog.at_level(logging.DEBUG):
        log_in(f" {TOKEN}\n")
        pushed(classifier)
    assert TOKEN not in caplog.text
    holders = [
        path
        for path in own_home.rglob("*")
        if path.is_file() and TOKEN.encode() in path.read_bytes()
    ]
    assert {path.parent for path in holders} == {own_home / "login"}


def test_a_strangers_pickle_runs_nothing(hub: HubServer, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "ran"),)

    torch.save({"x": torch.zeros(1)}, tmp_path / "whole.pth")
    hub.put("evil/one", pytorch_model__bin=pickle.dumps(Trap()))
    with pytest.raises(TLStudioError):
        load_weights(pulled("evil/one").path)
    assert not (tmp_path / "ran").exists()


ODD = {"type": "file", "path": 3, "size": 1, "oid": "a"}


@pytest.mark.parametrize("listed", [{}, None, 3, [[1]], [{"type": "file"}], [{"type": []}], [ODD]])
def test_answers_that_make_no_sense_are_told(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch, listed: object
) -> None:
    monkeypatch.setattr(_Handler, "_list", lambda handler, _: handler._send(200, listed))
    with pytest.raises(HubError):
        list(pull(f"{OWNER}/net", StopToken()))
    assert not [path for path in hub.asked if "agent" in path], "no telemetry"


def test_names_from_the_hub_lead_nowhere_else(hub: HubServer, own_home: Path) -> None:
    files = {"../../../evil.pth": b"x", "/etc/evil.pth": b"x", "a/../../evil.pth": b"x"}
    hub.put("evil/two").files |= files
    with pytest.raises(HubError, match="no weights that the studio reads"):
        pulled("evil/two")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("mina/leaves", "mina/leaves"),
        (" leaves ", "leaves"),
        ("https://huggingface.co/mina/leaves/", "mina/leaves"),
        ("https://huggingface.co/mina/leaves/blob/main/model.safetensors", "mina/leaves"),
        ("hf.co/mina/leaves", None),
        ("", None),
        ("a/b/c", None),
        ("../etc", None),
        ("a--b", None),
        ("나뭇잎", None),
    ],
)
def test_names_of_repositories(typed: str, name: str | None) -> None:
    if name is not None:
        assert repository_id(typed) == name
        return
    with pytest.raises(HubError, match="not the name of a repository"):
        repository_id(typed)


@pytest.mark.parametrize("title", ["Autumn table 93.1 %", "나뭇잎", "--", "a" * 300, "x .. y"])
def test_suggested_names_are_names(title: str) -> None:
    assert repository_id(suggested_name(title)) == suggested_name(title)
