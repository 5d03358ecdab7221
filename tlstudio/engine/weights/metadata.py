"""The metadata of a weights file: how to read its outputs and how it was made, as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

import tlstudio
from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import kept_config
from tlstudio.core.errors import ConfigError
from tlstudio.core.evaluation.calibration import temperature_of
from tlstudio.core.evaluation.novelty import NoveltyDetector
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.history import History
from tlstudio.engine.models.classifier import Classifier

FORMAT_VERSION = 1
METADATA_KEY = "tlstudio"  # in a state dict's `_metadata` and in a safetensors header
METADATA_ATTRIBUTE = "tlstudio_metadata"  # of a whole module

_MAX_TEXT = 16 * 1024 * 1024
_MAX_PARTS = 1_000_000  # JSON of many small parts takes much memory
_MAX_SETTINGS = 50_000  # characters; each setting that is wrong becomes an error of its own
_MAX_CLASSES = 100_000
_MAX_NAME = 500
_MAX_EPOCHS = 100_000


@dataclass(frozen=True, slots=True)
class WeightsMetadata:
    """The parts that could be read; a part that is missing or broken is None or empty.

    Attributes:
        model: name in the catalog.
        classes: class names in the order of the logits.
        preprocessing: what inputs must go through.
        config: settings of the run.
        history: its epochs.
        input_transform: whether the network re-normalises its input itself (GoogLeNet).
        temperature: that logits are divided by (`Classifier.temperature`).
        sha256: digest of the tensors, where the file format has no checksum of its own.
        novelty: what "none of these" needs.
    """

    model: str = ""
    classes: tuple[str, ...] = ()
    preprocessing: Preprocessing | None = None
    config: RunConfig | None = None
    history: History = field(default_factory=History)
    input_transform: bool | None = None
    temperature: float = 1.0
    sha256: str = ""
    novelty: NoveltyDetector | None = None


def metadata_json(classifier: Classifier, *, sha256: str = "") -> str:
    """Return the metadata of `classifier` as one line of JSON."""
    transform = getattr(classifier.network, "transform_input", None)
    values: dict[str, object] = {
        "format": FORMAT_VERSION,
        "studio": tlstudio.__version__,
        "model": classifier.model,
        "classes": list(classifier.classes),
        "preprocessing": classifier.preprocessing.to_dict(),
        "config": classifier.config.model_dump(mode="json"),
        "history": classifier.history.to_dicts(),
    }
    if classifier.novelty is not None:
        values["novelty"] = classifier.novelty.to_values()
    if isinstance(transform, bool):
        values["input_transform"] = transform
    if classifier.temperature != 1:
        values["temperature"] = classifier.temperature
    if sha256:
        values["sha256"] = sha256
    return json.dumps(values, ensure_ascii=True, separators=(",", ":"))


def parse_metadata(text: object) -> WeightsMetadata:
    """Read what `metadata_json` wrote. The text comes from a stranger: nothing in it is trusted.

    Parts of wrong type or size are left out, each by itself; nothing is raised.
    """
    if not isinstance(text, str) or len(text) > _MAX_TEXT or text.count(",") > _MAX_PARTS:
        return WeightsMetadata()
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return WeightsMetadata()
    if not isinstance(values, dict):
        return WeightsMetadata()
    transform, digest = values.get("input_transform"), values.get("sha256")
    classes = _classes(values.get("classes"))
    return WeightsMetadata(
        model=_name(values.get("model")),
        classes=classes,
        preprocessing=_preprocessing(values.get("preprocessing")),
        config=_config(values.get("config")),
        history=_history(values.get("history")),
        input_transform=transform if isinstance(transform, bool) else None,
        temperature=temperature_of(values.get("temperature")),
        sha256=digest if isinstance(digest, str) and len(digest) == 64 else "",
        novelty=NoveltyDetector.from_values(values.get("novelty"), len(classes)),
    )


def _name(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _MAX_NAME else ""


def _classes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MAX_CLASSES:
        return ()
    names = tuple(_name(item) for item in value)
    return names if all(names) and len(set(names)) == len(names) else ()


def _preprocessing(value: object) -> Preprocessing | None:
    if not isinstance(value, dict):
        return None
    try:
        found = Preprocessing.from_dict(value)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
    return found if all(map(math.isfinite, (*found.mean, *found.std))) else None


def _config(value: object) -> RunConfig | None:
    if not isinstance(value, dict):
        return None
    try:
        return kept_config(value) if len(json.dumps(value)) <= _MAX_SETTINGS else None
    except (ConfigError, RecursionError):
        return None


def _history(value: object) -> History:
    if not isinstance(value, list) or len(value) > _MAX_EPOCHS:
        return History()
    try:
        return History.from_dicts(value)
    except ValueError:
        return History()
