"""The preset in force, and how settings follow dataset, model and strategy."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.networks import wait_for_plan
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import ImagesGlance
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


def open_photos(session: Session, folder: Path, count: int = 6) -> None:
    session.datasets.index = make_index(folder, make_images(folder, count))
    session.datasets.changed.emit(session.datasets.index)


def test_the_first_settings_are_the_recommended_ones(session: Session) -> None:
    network = session.network
    assert network.preset.name == "recommended"
    assert network.config == network.proposal.config and not network.differing
    assert (network.config.learning_rate, network.config.schedule) == (0.01, "cosine")


def test_settings_follow_dataset_and_strategy_unless_set_by_hand(
    ready_session: Session, tmp_path: Path
) -> None:
    network = ready_session.network
    open_photos(ready_session, tmp_path / "photos")
    assert (network.config.batch_size, network.config.epochs) == (8, 30)
    assert "Only 18 training images" in str(network.proposal.reason)
    network.change(epochs=7)
    assert network.differing == ("epochs",)
    network.set_strategy("from_scratch")
    assert (network.config.optimizer, network.config.epochs) == ("adam", 7)
    network.set_strategy("fine_tuning")
    assert (network.config.optimizer, network.config.epochs) == ("sgd", 7)
    ready_session.datasets.index = None
    ready_session.datasets.changed.emit(None)
    assert (network.config.batch_size, network.config.epochs) == (32, 7)


def test_what_images_look_like_is_followed_as_well(ready_session: Session, tmp_path: Path) -> None:
    network, datasets = ready_session.network, ready_session.datasets
    open_photos(ready_session, tmp_path / "photos")
    assert network.config.augmentation == "crop_flip"
    datasets.glance = ImagesGlance(24, False)
    datasets.glanced.emit()
    assert network.config.augmentation == "rotate_flip" and not network.differing


def test_a_run_that_has_begun_is_not_out_of_date_at_once(
    ready_session: Session, tmp_path: Path
) -> None:
    network, datasets = ready_session.network, ready_session.datasets
    open_photos(ready_session, tmp_path / "photos")
    before = network.settings
    ready_session.run._set_status(RunStatus.RUNNING)
    datasets.glance = ImagesGlance(24, False)
    datasets.glanced.emit()  # who is quick has clicked on Train before
    ready_session.run._set_status(RunStatus.IDLE)
    assert network.settings == before and not network.differing


def test_another_preset_brings_all_of_its_settings(ready_session: Session, qtbot: QtBot) -> None:
    network = ready_session.network
    network.change(epochs=7, strategy="fine_tuning")
    with qtbot.waitSignal(network.preset_changed):
        network.use_preset("tutorial")
    assert network.config == RunConfig(strategy="fine_tuning")
    network.change(learning_rate=0.5)
    network.use_preset("tutorial")  # once more: back to it
    assert network.config.learning_rate == 0.001
    network.use_preset("recommended")
    assert network.config.learning_rate == 0.01 and not network.differing


def test_a_value_that_is_given_with_the_model_stays(ready_session: Session, qtbot: QtBot) -> None:
    network = ready_session.network
    network.change(model="resnet18", strategy="from_scratch", initialisation="random", epochs=9)
    wait_for_plan(ready_session, qtbot)
    assert (network.config.optimizer, network.config.epochs) == ("adam", 9)


def test_a_whole_configuration_is_taken_as_it_is(ready_session: Session) -> None:
    wanted = RunConfig(strategy="from_scratch", initialisation="random", learning_rate=0.3)
    ready_session.network.set_config(wanted)
    assert ready_session.network.config == wanted


def test_an_undo_brings_the_preset_back(ready_session: Session) -> None:
    network = ready_session.network
    network.use_preset("tutorial")
    ready_session.undo.undo()
    assert network.preset.name == "recommended" and not network.differing
    ready_session.undo.redo()
    assert network.preset.name == "tutorial" and not network.differing


def test_an_undo_brings_the_preset_back_with_what_was_set_by_hand(ready_session: Session) -> None:
    network = ready_session.network
    network.change(epochs=7)
    network.use_preset("tutorial")
    ready_session.undo.undo()
    assert network.preset.name == "recommended" and network.differing == ("epochs",)
    ready_session.undo.redo()
    assert network.preset.name == "tutorial" and not network.differing
