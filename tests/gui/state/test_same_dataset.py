"""Reading a folder again keeps what a run has said; another folder is another dataset."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_predictions
from tlstudio.core.data.dataset import Split, SplitConfig
from tlstudio.core.runs.events import PredictionsReady
from tlstudio.core.texts import Sentence
from tlstudio.gui.state.session import Session


def open_folder(session: Session, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(folder)


def test_a_run_outlives_another_look_at_its_folder(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    make_images(tmp_path / "photos")
    make_images(tmp_path / "others")
    open_folder(session, qtbot, tmp_path / "photos")
    first = session.datasets.index
    assert first is not None
    paths = [sample.image.path for sample in first.by_split[Split.VAL]]
    session.run._on_event(PredictionsReady(1, make_predictions(paths, first.classes)))
    said = session.run.record
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.reload()
    again = session.datasets.index
    assert again is not first and first.is_same_as(again)
    assert session.run.record is said
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.split(SplitConfig(0.5, 0.0, 3))
    assert not first.is_same_as(session.datasets.index)
    assert session.run.record is said  # a person's results stay with the folder
    (tmp_path / "photos" / "leaf" / "0.png").unlink()
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.split(first.split_config)
    assert not first.is_same_as(session.datasets.index)
    open_folder(session, qtbot, tmp_path / "others")
    assert session.run.record.predictions is None


def test_a_sample_dataset_is_one_when_a_run_opens_it_again(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open_sample("autumn_table")
    first = session.datasets.index
    assert first is not None and isinstance(first.name, Sentence)
    session.datasets.close()
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(first.root, first.split_config, str(first.name))
    again = session.datasets.index
    assert again is not None and isinstance(again.name, Sentence)  # so the window translates it
    assert session.datasets.is_sample and again.fingerprint == first.fingerprint
    assert first.root not in session.preferences.recent_datasets
