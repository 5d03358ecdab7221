"""One training job, described once for both sides of a comparison."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import ON_BOARD_MODEL

if TYPE_CHECKING:
    from tlstudio.engine.models.classifier import Classifier

ALIASES = {"lite0": ON_BOARD_MODEL}
STRATEGIES = ("feature_extraction", "fine_tuning", "partial")
LIVE, NO_AUGMENTATION = "live", "none"


@dataclass(frozen=True, slots=True)
class Job:
    """The tutorial's job on a folder with ``train/`` and ``val/``.

    Attributes:
        strategy: which layers train; a name of `core.strategies`.
        views: of the training images: ``live``, ``none`` (no augmentation), or how many are cached.
            The notebook knows live ones only.
        precision: of the studio's side; the notebook computes in float32.
        engine: of inference, on the studio's side; the notebook computes by torch.
        weights: file of a state dict to start from; empty takes the model's own pretrained weights
            where they are on this machine, else random ones from `seed`.
        workers: of the notebook's data loaders.
    """

    data: str
    model: str = "resnet18"
    strategy: str = "feature_extraction"
    epochs: int = 25
    views: str = "4"
    precision: str = "auto"
    engine: str = "auto"
    device: str = "auto"
    seed: int = 0
    batch_size: int = 32
    learning_rate: float = 0.001
    weights: str = ""
    workers: int = 4

    @property
    def full_model(self) -> str:
        """Its name in the catalog."""
        return ALIASES.get(self.model, self.model)

    def config(self, *, is_pretrained: bool) -> RunConfig:
        """The studio's settings; all that is not said here are the tutorial's already."""
        views: dict[str, object]
        if self.views == NO_AUGMENTATION:
            views = {"augmentation": "none"}
        elif self.views == LIVE:
            views = {"views": "live"}
        else:
            views = {"views": "cached", "cached_views": int(self.views)}
        return RunConfig().changed(
            model=self.full_model,
            strategy=self.strategy,
            initialisation="pretrained" if is_pretrained else "random",
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=self.seed,
            precision=self.precision,
            engine=self.engine,
            device=self.device,
            **views,
        )

    def changed(self, **values: object) -> Job:
        return replace(self, **values)  # type: ignore[arg-type]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        return cls(**json.loads(text))


def starting_point(job: Job, classes: tuple[str, ...]) -> Classifier:
    """The network that both sides start from, on the CPU: same values, same preprocessing."""
    from tlstudio.engine.models.build import build_classifier
    from tlstudio.engine.models.catalog import pretrained_path

    has_own = not job.weights and pretrained_path(job.full_model) is not None
    classifier = build_classifier(job.config(is_pretrained=has_own), classes)
    if job.weights:
        _load_backbone(classifier, Path(job.weights))
    return classifier


def _load_backbone(classifier: Classifier, path: Path) -> None:
    """All values of `path` but the head's, which stay random."""
    from tlstudio.core.networks.auxiliary import is_auxiliary
    from tlstudio.engine.models.build import set_input_transform
    from tlstudio.engine.models.heads import head_path
    from tlstudio.engine.models.spelling import todays_spelling
    from tlstudio.engine.weights.read import read_weights

    head = head_path(classifier.network) + "."
    values = {
        name: value
        for name, value in todays_spelling(read_weights(path).values).items()
        if not name.startswith(head) and not is_auxiliary(name)
    }
    result = classifier.network.load_state_dict(values, strict=False)
    missing = [name for name in result.missing_keys if not name.startswith(head)]
    if missing or result.unexpected_keys:
        raise SystemExit(f"{path} does not hold the weights of {classifier.model}")
    set_input_transform(classifier.network, True)
