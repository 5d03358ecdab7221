"""Races as values: who may race, in which order, and how results are kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import epoch_record, run_record
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TrainingError
from tlstudio.core.networks.catalog import Library, ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.race.race import (
    EpochAnswers,
    RaceConfig,
    RaceEntry,
    RaceRecord,
    RunResult,
    answers_of,
    is_of,
    last_race,
    mean_curve,
    model_entries,
    rate_entries,
    save_race,
    strategy_entries,
    wants_small_steps,
)
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.history import History
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.settings import Settings
from tlstudio.core.storage import cache_dir
from tlstudio.core.strategies import STRATEGIES


def entries(*strategies: str) -> tuple[RaceEntry, ...]:
    return strategy_entries(RunConfig(), strategies)


def history(*accuracies: float, elapsed_s: float = 1.0) -> History:
    return History(
        tuple(
            epoch_record(n, 0.5, 0.9, 0.5, accuracy, 0.001, elapsed_s, 100.0)
            for n, accuracy in enumerate(accuracies, 1)
        )
    )


def result(entry: int, answers: str | None, seed: int = 0, **values: Any) -> RunResult:
    answered = None if answers is None else EpochAnswers(2, answers)
    run = run_record(**{"history": history(0.5, 0.75), **values})
    return RunResult(entry, seed, run, answered, answered)


def record_of(*results: RunResult, count: int = 2, seeds: tuple[int, ...] = (0,)) -> RaceRecord:
    names = [row.name for row in STRATEGIES][:count]
    images = next((len(r.final.answers) for r in results if r.final), 0)
    return RaceRecord(
        RaceConfig(entries(*names), seeds), images, "abc", "cpu", "2026-11-22", results
    )


def index(root: Path, *names: str) -> DatasetIndex:
    samples = tuple(
        Sample(ImageRef.of_file(root / name), n % 2, Split.VAL) for n, name in enumerate(names)
    )
    return DatasetIndex(root, "photos", Layout.CLASS_FOLDERS, ("a", "b"), samples)


def test_all_run_with_one_seed_before_the_next() -> None:
    config = RaceConfig(entries("feature_extraction", "fine_tuning"), (3, 4))
    assert config.runs == ((0, 3), (1, 3), (0, 4), (1, 4))
    assert config.config_of(1, 4).seed == 4
    assert config.config_of(1, 4).strategy == "fine_tuning"
    assert config.problems == []


def test_what_is_wrong_is_told_at_once() -> None:
    one = entries("fine_tuning")
    assert "not 1" in str(RaceConfig(one).problems[0])
    twin = (one[0], RaceEntry("Another", one[0].config.changed(seed=7)))
    assert "“Another” is in the race twice" in str(RaceConfig(twin).problems[0])
    eleven = rate_entries(one[0].config, [0.001 * number for number in range(1, 12)])
    texts = [str(problem) for problem in RaceConfig(eleven, (1, 1)).problems]
    assert len(texts) == 2
    assert "not 11" in texts[0]
    assert "different seeds" in texts[1]


def test_a_record_comes_back_from_its_file() -> None:
    error = TrainingError("Broke off: {why}.", "Try again.", why=OSError("disk"), epoch=3)
    failed = result(1, None, reason=RunEndReason.FAILED, error=error)
    record = record_of(result(0, "110-", elapsed_s=3.5, kept_share=0.25), failed)
    back = RaceRecord.from_json(record.to_json())
    assert back == record
    told = back.results[1].error
    assert told is not None
    assert str(told) == "Broke off: disk."
    assert back.config.entries[0].title is STRATEGIES["feature_extraction"].title
    with pytest.raises((ValueError, KeyError)):
        RaceRecord.from_json('{"version": 0}')
    with pytest.raises(ValueError, match="another race"):
        RaceRecord.from_json(record.to_json().replace("110-", "110"))


def test_a_race_of_an_older_version_opens() -> None:
    """Runs were kept as numbers side by side, before there were run records."""
    epochs = [
        '{"epoch": 1, "train_loss": 0.5, "train_accuracy": 0.9, "val_loss": 0.5,'
        ' "val_accuracy": 0.5, "learning_rate": 0.001, "elapsed_s": 1.5, "images_per_s": 100.0}',
        '{"epoch": 2, "train_loss": 0.4, "train_accuracy": 0.9, "val_loss": null,'
        ' "val_accuracy": null, "learning_rate": 0.001, "elapsed_s": 2.5, "images_per_s": 100.0}',
    ]
    text = f"""{{"version": 1, "entries": [
        {{"name": "Feature extraction", "config": {{"strategy": "feature_extraction"}}}},
        {{"name": "Mine", "config": {{"strategy": "fine_tuning", "epochs": 7}}}}],
      "seeds": [3], "images": 4, "val_digest": "abc", "device": "cpu", "made_on": "2026-11-22",
      "results": [
        {{"entry": 0, "seed": 3, "reason": "early", "history": [{", ".join(epochs)}],
          "final": [2, "110-"], "best": [1, "1100"], "elapsed_s": 4.5,
          "trainable_parameters": 12, "total_parameters": 345, "kept_share": 0.25, "error": null}},
        {{"entry": 1, "seed": 3, "reason": "failed", "history": [], "final": null, "best": null,
          "elapsed_s": 0.5, "trainable_parameters": 0, "total_parameters": 0, "kept_share": 0.0,
          "error": ["Broke off: {{why}}.", "Try again.", {{"why": "disk", "epoch": 3}}]}}]}}"""
    record = RaceRecord.from_json(text)
    whole, failed = record.results
    assert (whole.entry, whole.seed, whole.reason) == (0, 3, RunEndReason.EARLY)
    assert whole.final == EpochAnswers(2, "110-") and whole.best == EpochAnswers(1, "1100")
    assert whole.is_whole and whole.mean_epoch_s == 2.0
    assert [epoch.val_accuracy for epoch in whole.history.epochs] == [0.5, None]
    run = whole.run
    assert (run.elapsed_s, run.kept_share) == (4.5, 0.25)
    assert (run.trainable_parameters, run.total_parameters) == (12, 345)
    assert run.settings == Settings(record.config.config_of(0, 3))
    assert failed.reason is RunEndReason.FAILED and failed.run.started is None
    assert str(failed.error) == "Broke off: disk."
    assert RaceRecord.from_json(record.to_json()) == record


def test_only_runs_that_went_to_their_end_count() -> None:
    stopped = result(1, "1111", reason=RunEndReason.STOPPED)
    early = result(0, "1111", reason=RunEndReason.EARLY)
    record = record_of(early, stopped)
    assert record.results_of(0, whole=True) == (early,)
    assert record.results_of(1, whole=True) == ()
    assert record.results_of(1) == (stopped,)
    assert not record.is_complete
    assert record_of(early, result(1, "1111")).is_complete


def test_answers_know_what_could_not_be_read() -> None:
    places = {ImageRef.of_file(Path(name)): place for place, name in enumerate("abc")}
    said = (
        PredictionRecord(ImageRef.of_file(Path("c")), (0.9, 0.1), 0),
        PredictionRecord(ImageRef.of_file(Path("a")), (0.9, 0.1), 1),
    )
    found = answers_of(2, said, places)
    assert found == EpochAnswers(2, "0-1")
    assert found.accuracy == 0.5
    assert EpochAnswers(1, "--").accuracy is None


def test_the_last_race_of_a_dataset_is_kept(tmp_path: Path) -> None:
    root, other = tmp_path / "photos", tmp_path / "others"
    assert last_race(root) is None
    save_race(record_of(result(0, "10")), root)
    save_race(record_of(result(0, "11")), root)
    found = last_race(root)
    assert found is not None
    assert found.results == (result(0, "11"),)
    assert last_race(other) is None
    (file,) = (cache_dir() / "races").iterdir()
    file.write_text(file.read_text()[:-20])
    assert last_race(root) is None


def test_another_split_has_another_fingerprint(tmp_path: Path) -> None:
    one = index(tmp_path, "a.png", "b.png").fingerprint
    assert one == index(tmp_path, "a.png", "b.png").fingerprint
    assert one == index(tmp_path / "moved", "a.png", "b.png").fingerprint
    assert one != index(tmp_path, "a.png").fingerprint
    assert one != index(tmp_path, "b.png", "a.png").fingerprint


def test_a_race_kept_before_there_were_fingerprints_is_known_again(tmp_path: Path) -> None:
    photos = index(tmp_path, "a.png", "b.png")
    before = hashlib.sha256(b"('a', 'b')" + b"0\0a.png\n" + b"1\0b.png\n").hexdigest()
    values = json.loads(record_of(result(0, "1111")).to_json())
    values["val_digest"] = before
    del values["dataset"]
    record = RaceRecord.from_json(json.dumps(values))
    assert is_of(record, photos)
    assert not is_of(record, index(tmp_path, "a.png", "c.png"))
    assert is_of(replace(record, dataset=photos.fingerprint), photos)


def test_a_mean_goes_as_far_as_all_do() -> None:
    ((epoch, mean),) = mean_curve([history(0.5, 0.7), history(0.7)])
    assert (epoch, mean) == (1, pytest.approx(0.6))
    assert mean_curve([]) == ()


def test_strategies_bring_their_starting_values() -> None:
    config = RunConfig(epochs=3, learning_rate=0.02)
    tuned, scratch = strategy_entries(config, ["fine_tuning", "from_scratch"])
    assert (tuned.config.initialisation, scratch.config.initialisation) == ("pretrained", "random")
    assert {tuned.config.epochs, scratch.config.epochs} == {3}
    small = [
        wants_small_steps(entry.config.strategy, entry.config.initialisation)
        for entry in (tuned, scratch, *entries("discriminative"))
    ]
    assert small == [True, False, False]


def test_networks_leave_what_only_fitted_another() -> None:
    config = RunConfig(image_px=64, weights="tv_in1k", strategy="partial", train_from="blocks.3")
    weights = WeightsSpec("W1", WeightsPlace.CACHED, 1, Preprocessing())
    spec = ModelSpec(
        "resnet18",
        "ResNet-18",
        "ResNet",
        Library.TORCHVISION,
        1,
        1.0,
        (weights,),
        Preprocessing(),
        32,
    )
    bare = replace(spec, name="lenet5", title="LeNet-5", weights=())
    with_weights, without = model_entries(config, (spec, bare))
    moved = with_weights.config
    assert (moved.model, moved.weights, moved.image_px, moved.train_from) == ("resnet18", "", 0, "")
    assert (without.config.strategy, without.config.optimizer) == ("from_scratch", "adam")
    same = model_entries(config, (replace(spec, name=config.model),))
    assert same[0].config == config
    assert [e.name for e in model_entries(config, (spec, replace(spec, name="timm.r18")))] == [
        "resnet18",
        "timm.r18",
    ]


def test_a_start_from_a_file_is_a_pretrained_one() -> None:
    config = RunConfig().changed(initialisation="file", start_from="w.pth")
    entries = strategy_entries(config, ["feature_extraction", "from_scratch"])
    assert [entry.config.initialisation for entry in entries] == ["file", "random"]
