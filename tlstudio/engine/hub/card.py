"""The model card: what a network was trained on, how good it is, and how it is used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import tlstudio
from tlstudio.core.errors import TLStudioError
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.hub import WEIGHTS_FILE
from tlstudio.core.runs.kept import RunEntry
from tlstudio.core.strategies import STRATEGIES
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.classifier import Classifier

_STARTS = {
    "pretrained": "pretrained weights",
    "random": "random values",
    "file": "the weights of another run",
}

# Those that the hub knows by the names that the libraries use, too.
_HUB_LICENCES = (
    "apache-2.0",
    "mit",
    "bsd-3-clause",
    "cc-by-4.0",
    "cc-by-nc-4.0",
    "cc-by-nc-sa-4.0",
    "openrail",
)


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card tells beside what the classifier itself knows.

    Attributes:
        title: its heading.
        dataset: its name; empty where it is not known.
        accuracy: on the validation images; None where it is not known.
    """

    title: str
    dataset: str = ""
    accuracy: Share | None = None

    @classmethod
    def of_run(cls, entry: RunEntry, title: str = "") -> CardFacts:
        """Those of a kept run; `title` in place of its own."""
        has_share = entry.right is not None and bool(entry.images)
        share = Share(entry.right or 0, entry.images or 0) if has_share else None
        title = title or entry.name or entry.dataset or entry.id
        return cls(title, entry.dataset, share)


def model_card(classifier: Classifier, facts: CardFacts, repository: str) -> str:
    """A card for the Hugging Face hub: YAML that the hub reads, then Markdown for people.

    Args:
        repository: that the lines of use name.
    """
    from huggingface_hub import EvalResult, ModelCardData

    licence = _licence(classifier)
    share = facts.accuracy
    results = (
        [
            EvalResult(
                task_type="image-classification",
                dataset_type="imagefolder",
                dataset_name=facts.dataset or "images of its maker",
                dataset_split="validation",
                metric_type="accuracy",
                metric_value=share.value,
            )
        ]
        if share is not None
        else None
    )
    data = ModelCardData(
        license=licence if licence in _HUB_LICENCES else None,
        library_name="tlstudio",
        pipeline_tag="image-classification",
        tags=["image-classification", "transfer-learning", "tlstudio"],
        model_name=facts.title if results else None,
        eval_results=results,
    )
    use = (
        f"With TLStudio {tlstudio.__version__}:\n\n"
        "```bash\n"
        f"tlstudio-cli pull {repository} --out {WEIGHTS_FILE}\n"
        f"tlstudio-cli predict {WEIGHTS_FILE} photo.jpg\n"
        "```\n\n"
        f"Elsewhere, divide the logits by {classifier.temperature:.4g} before softmax."
    )
    return f"---\n{data.to_yaml()}\n---\n\n{card_body(classifier, facts, use)}"


def card_body(classifier: Classifier, facts: CardFacts, use: str) -> str:
    """The Markdown of a card.

    Args:
        use: how to use what the card lies beside.
    """
    parts = [
        f"# {_plain(facts.title)}",
        _network(classifier),
        "## Data and accuracy",
        _data(classifier, facts),
        "## Classes",
        ", ".join(f"`{_plain(name)}`" for name in classifier.classes),
        "## Use",
        use,
        _preprocessing(classifier),
        "## Limits",
        _limits(classifier),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain(text: str) -> str:
    """A name as text: it begins no line and no markup."""
    return re.sub(r"[`<>|\[\]]", "", " ".join(text.split()))


def _title(classifier: Classifier) -> str:
    try:
        return get_model(classifier.model).title
    except TLStudioError:
        return classifier.model


def _network(classifier: Classifier) -> str:
    config = classifier.config
    words = [f"An image classifier: {_title(classifier)}, {len(classifier.classes)} classes"]
    epochs = len(classifier.history.epochs)
    if epochs:
        strategy = STRATEGIES[config.strategy].title.lower()
        start = _STARTS[config.initialisation]
        words.append(f"{strategy} for {epochs} epochs from {start}")
    licence = _stated_licence(classifier)
    told = f" Licence of the weights that it began with: {licence}." if licence else ""
    return ", ".join(words) + "." + told


def _data(classifier: Classifier, facts: CardFacts) -> str:
    named = f"Trained on “{_plain(facts.dataset)}”." if facts.dataset else ""
    share = facts.accuracy
    if share is None or share.value is None or share.interval is None:
        best = classifier.history.best
        value = best.val_accuracy if best else None
        told = f"Validation accuracy {100 * value:.1f} %." if value is not None else ""
        return f"{named} {told or 'Its accuracy is not known.'}".strip()
    low, high = 100 * share.interval.low, 100 * share.interval.high
    return (
        f"{named} Of {share.images} validation images it tells {share.right} rightly: "
        f"**{100 * share.value:.1f} %** (95 % interval {low:.0f}–{high:.0f} %). The best epoch was "
        "chosen by these images, so expect a little less of new ones."
    ).strip()


def _preprocessing(classifier: Classifier) -> str:
    own = classifier.preprocessing
    fitted = (
        f"the whole image squashed to {own.crop_px} x {own.crop_px} px"
        if own.crop_mode == "squash"
        else f"shorter side {own.resize_px} px, centre crop {own.crop_px} px"
    )
    return (
        f"Inputs: RGB, {fitted}, scaled to "
        f"0–1, mean {_numbers(own.mean)}, standard deviation {_numbers(own.std)}."
    )


def _numbers(values: Sequence[float]) -> str:
    return "[" + ", ".join(f"{value:.4g}" for value in values) + "]"


def _limits(classifier: Classifier) -> str:
    novelty = classifier.novelty
    names_one = "It names one of its classes for any image, also for one that shows none of them."
    if novelty is None or not novelty.is_on:
        return names_one
    return (
        "It may answer “none of these”: an image is refused where it is further from the training "
        f"images than {100 * (1 - novelty.level):.0f} % of known ones were. Not everything foreign "
        "is caught so."
    )


def _stated_licence(classifier: Classifier) -> str:
    try:
        weights = get_model(classifier.model).weights_named(classifier.config.weights)
    except TLStudioError:
        return ""
    is_pretrained = classifier.config.initialisation == "pretrained"
    return weights.licence if weights is not None and is_pretrained else ""


def _licence(classifier: Classifier) -> str:
    return _stated_licence(classifier).lower()
