"""`race` on a terminal: a table, a verdict, and what is refused."""

from __future__ import annotations

import dataclasses
import json
import tarfile
from pathlib import Path

import pytest

from tests.helpers import make_split_photos
from tests.packed_files import write_cifar10, write_cifar10_binary, write_cifar10_png
from tlstudio.cli.main import main
from tlstudio.core.race.race import last_of_recipe
from tlstudio.core.race.recipes import DEGRADATION

FAST = ("--model", "squeezenet1_1", "--device", "cpu", "--epochs", "1", "--image-px", "32")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_split_photos(tmp_path_factory.mktemp("photos"), train=4, val=3)


def test_two_networks_from_scratch(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = "squeezenet1_0,squeezenet1_1"
    scratch = ("--strategy", "from_scratch", "--models", models, "--rates", "0.01,0.001")
    assert main(["race", str(photos), *FAST, *scratch]) == 0
    out = capsys.readouterr().out
    assert "[2/2] SqueezeNet 1.1, seed 0" in out
    table = out.split("\n\n")[1].splitlines()
    assert table[0].split()[:2] == ["entry", "accuracy"]
    assert [line.split("  ")[0] for line in table[1:]] == ["SqueezeNet 1.0", "SqueezeNet 1.1"]
    assert "on 6 images" in out


def test_several_rates_of_one_strategy(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--model", "lenet5", *FAST[2:], "--initialisation", "random")
    rates = ("--strategies", "from_scratch", "--rates", "0.01,0.001")
    assert main(["race", str(photos), *small, *rates]) == 0
    out = capsys.readouterr().out
    table = out.split("\n\n")[1].splitlines()
    assert [line.split("  ")[0] for line in table[1:]] == ["lr 0.01", "lr 0.001"]


def test_as_json(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scratch = ("--strategies", "from_scratch", "--models", "squeezenet1_0,squeezenet1_1")
    assert main(["race", str(photos), *FAST, *scratch, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["event"] == "race_started"
    assert len(rows[0]["entries"]) == 2
    ended = rows[-1]
    assert ended["event"] == "race_ended"
    assert [score["images"] for score in ended["scores"]] == [6, 6]
    assert len(ended["pairs"]) == 1
    assert ended["verdict"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Nothing to compare was named"),
        (("--strategies", "fine_tuning"), "needs two to ten entries, not 1"),
        (("--strategies", "from_scratch,nonsense"), "no strategy called “nonsense”"),
        (("--strategies", "from_scratch,partial", "--rates", "0.1"), "no match for 2 entries"),
        (
            ("--strategies", "from_scratch,partial", "--seeds", "x"),
            "“x” is not a valid value for --seeds",
        ),
        (("--strategies", "from_scratch,partial", "--seeds", "9"), "one to 5 different seeds"),
        (("--strategies", "from_scratch,fine_tuning"), "not on this machine"),
    ],
)
def test_what_cannot_race_is_refused(
    photos: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert main(["race", str(photos), *FAST, *arguments]) == 2
    assert words in capsys.readouterr().err


def make_tiny(monkeypatch: pytest.MonkeyPatch, **changes: int) -> None:
    """Let the recipe's only budget be over in a second."""
    small = DEGRADATION.budgets["small"]
    tiny = dataclasses.replace(small, image_px=8, train_images=20, val_images=10, **changes)
    monkeypatch.setattr(DEGRADATION.budgets, "_rows", {"small": tiny})


def test_the_recipe_on_cifar_as_downloaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "cifar"
    write_cifar10(data, per_batch=40)
    make_tiny(monkeypatch, epochs=2)
    recipe = ("race", str(data), "--recipe", "degradation", "--models", "plain20,resnet20")
    assert main([*recipe, "--device", "cpu"]) == 0
    assert "[2/2] ResNet-20, seed 0" in capsys.readouterr().out
    record = last_of_recipe("degradation")
    assert record is not None and record.images == 9  # of three classes
    assert [
        result.run.started.train_samples for result in record.results if result.run.started
    ] == [18, 18]
    assert all("train_accuracy" in e.metrics for r in record.results for e in r.history.epochs)
    # nothing is left to do
    assert main([*recipe, "--device", "cpu", "--go-on"]) == 0
    assert "[1/2]" not in capsys.readouterr().out
    assert last_of_recipe("degradation") == record


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--models", "X,plain20"), ("no network “X”", "plain20, plain32", "resnet110")),
        (("--models", "plain20,resnet18"), ("no network “resnet18”",)),
        (("--models", "plain20"), ("two to ten entries, not 1",)),
        (("--models", "plain20,plain20,resnet20"), ("“plain-20” is in the race twice",)),
        (("--seeds", "0"), ("one to 5 different seeds",)),
        (("--seeds", "two"), ("“two” is not a valid value for --seeds",)),
        (("--budget", "huge"), ("no budget called “huge”", "small, full")),
        (
            ("--strategies", "fine_tuning", "--rates", "1", "--epochs", "2", "--device", "cpu"),
            ("what --strategies, --rates, --epochs would",),
        ),
    ],
)
def test_a_recipe_says_what_it_cannot_take_before_it_reads_a_dataset(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert main(["race", "nowhere", "--recipe", "degradation", *arguments]) == 2
    said = capsys.readouterr().err
    assert all(part in said for part in words)


def test_a_budget_belongs_to_a_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["race", "nowhere", "--strategies", "a,b", "--budget", "full"]) == 2
    assert "Only a recipe has a budget" in capsys.readouterr().err


def test_the_recipe_takes_cifar_in_every_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same images in the same order: the same networks."""
    make_tiny(monkeypatch, epochs=1)
    write_cifar10(tmp_path / "python", per_batch=20)
    write_cifar10_binary(tmp_path / "cifar-10-batches-bin", per_batch=20)
    write_cifar10_png(tmp_path / "png", per_batch=20)
    packed = tmp_path / "cifar-10-binary.tar.gz"
    with tarfile.open(packed, "w:gz") as file:
        file.add(tmp_path / "cifar-10-batches-bin", "cifar-10-batches-bin")
    losses = []
    for name in ("python", "cifar-10-batches-bin", packed.name, "png"):
        recipe = ("race", str(tmp_path / name), "--recipe", "degradation", "--device", "cpu")
        assert main([*recipe, "--models", "plain20,resnet20"]) == 0
        record = last_of_recipe("degradation")
        assert record is not None and record.is_complete
        losses.append([result.history.epochs[0].train_loss for result in record.results])
    assert losses == [pytest.approx(losses[0], rel=1e-4)] * 4
