"""Advice on which layers to train, by the four cases of transfer learning.

They are those of the CS231n notes (https://cs231n.github.io/transfer-learning/), with what is
known since about how features change with depth (Yosinski et al. 2014) and how fine-tuning can
spoil them (Kumar et al. 2022).
"""

from __future__ import annotations

from tlstudio.core.advice.advice import AdviceCase, AdviceFacts, AdviceItem, AdviceTopic
from tlstudio.core.advice.similarity import MIN_IMAGES, Similarity
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.notes import Note
from tlstudio.core.strategies import STRATEGIES, default_train_from
from tlstudio.core.texts import QT_TRANSLATE_NOOP

# No paper gives one number for "small". Below a hundred images of a class, and a thousand in all,
# cross-validated probes differ by several points from one draw of the images to the next: more
# than what fine-tuning a fitting backbone brings.
LARGE_PER_CLASS = 100
LARGE_IN_ALL = 1000

# Of each class. With as many digits, unlike anything pretrained, training everything was still 7
# points better than the head alone (p = 0.002); nothing was measured below that.
VERY_FEW = 10


def is_large(facts: AdviceFacts) -> bool:
    """Whether there are enough images to train a whole network without spoiling it."""
    return facts.per_class >= LARGE_PER_CLASS and facts.train_images >= LARGE_IN_ALL


def case_of(facts: AdviceFacts, similarity: Similarity | None) -> AdviceCase:
    """Find which of the four cases applies."""
    if not facts.has_weights:
        return AdviceCase.NO_WEIGHTS
    if similarity is None:
        return AdviceCase.UNMEASURED
    if is_large(facts):
        return AdviceCase.LARGE_SIMILAR if similarity.is_similar else AdviceCase.LARGE_DIFFERENT
    return AdviceCase.SMALL_SIMILAR if similarity.is_similar else AdviceCase.SMALL_DIFFERENT


def strategy_item(
    facts: AdviceFacts, case: AdviceCase, similarity: Similarity | None
) -> AdviceItem:
    """The layers to train, with the reasons."""
    reasons = [_size_note(facts)]
    if case is AdviceCase.NO_WEIGHTS:
        reasons.append(Note(_NO_WEIGHTS))
    elif similarity is None and facts.evidence is not None:
        reasons.append(Note(_TOO_FEW, {"images": facts.evidence.images, "limit": MIN_IMAGES}))
    elif similarity is None:
        reasons.append(Note(_UNMEASURED))
    else:
        reasons += _similarity_notes(facts, similarity)
    match case:
        case AdviceCase.SMALL_SIMILAR:
            return _item("feature_extraction", [*reasons, Note(_WHY_HEAD)])
        case AdviceCase.LARGE_SIMILAR:
            return _careful(reasons)
        case AdviceCase.LARGE_DIFFERENT:
            return _item("fine_tuning", [*reasons, Note(_WHY_ALL)])
        case AdviceCase.NO_WEIGHTS:
            return _item("from_scratch", reasons, initialisation="random")
        case AdviceCase.UNMEASURED:
            if is_large(facts):
                return _careful(reasons)
            return _item("feature_extraction", [*reasons, Note(_WHY_HEAD)])
        case AdviceCase.SMALL_DIFFERENT:
            return _late_or_all(facts, reasons, similarity)


def _careful(reasons: list[Note]) -> AdviceItem:
    return _item(
        "discriminative",
        [*reasons, Note(_WHY_CAREFUL)],
        rate_rule="backbone",
        backbone_rate=0.1,
    )


def _late_or_all(
    facts: AdviceFacts, reasons: list[Note], similarity: Similarity | None
) -> AdviceItem:
    """Few images that are different: freezing keeps only what is worth keeping."""
    assert similarity is not None
    values: dict[str, object] = {
        "path": similarity.plateau.path,
        "accuracy": percent(similarity.plateau.probe_accuracy or 0.0),
        "share": percent(similarity.plateau_value, 0),
    }
    if not similarity.is_worth_keeping and facts.per_class >= VERY_FEW:
        return _item("fine_tuning", [*reasons, Note(_WHY_NOTHING_KEPT, values)])
    start = train_from(facts.tree, similarity.plateau.path)
    if start == facts.tree.head_path:
        start = default_train_from(facts.tree)
        why = Note(_WHY_LAST, {"path": start})
    else:
        why = Note(_WHY_PARTIAL, {**values, "start": start})
    return _item("partial", [*reasons, why], train_from=start)


def train_from(tree: LayerTree, path: str) -> str:
    """Path of the stage that runs right after the one at `path`; that of the head at the end."""
    stages = sorted(tree.stages, key=lambda stage: stage.order)
    places = {stage.path: place for place, stage in enumerate(stages)}
    if path not in places or places[path] + 1 >= len(stages):
        return tree.head_path
    after = stages[places[path] + 1]
    return tree.head_path if after.is_head else after.path


def _item(strategy: str, reasons: list[Note], **settings: object) -> AdviceItem:
    spec = STRATEGIES[strategy]
    values = {"strategy": strategy, "initialisation": "pretrained", "train_from": ""}
    return AdviceItem(
        AdviceTopic.STRATEGY,
        Note(_STATEMENTS[strategy], {"strategy": spec.title, **settings}),
        tuple(reasons),
        {**values, **settings},
    )


def _size_note(facts: AdviceFacts) -> Note:
    values: dict[str, object] = {
        "images": facts.train_images,
        "classes": len(facts.class_names),
        "each": int(facts.per_class),  # never rounded up to the limit
        "limit": LARGE_PER_CLASS,
        "in_all": f"{LARGE_IN_ALL:,}",
    }
    if is_large(facts):
        return Note(_MANY, values)
    if facts.per_class < LARGE_PER_CLASS:
        return Note(_FEW if facts.has_weights else _FEW_FROM_SCRATCH, values)
    return Note(_FEW_IN_ALL if facts.has_weights else _FEW_IN_ALL_FROM_SCRATCH, values)


def _similarity_notes(facts: AdviceFacts, similarity: Similarity) -> list[Note]:
    values: dict[str, object] = {
        "final": percent(similarity.final),
        "pixels": percent(similarity.pixels),
        "similarity": percent(similarity.value, 0),
        "low": f"{100 * similarity.low:.0f}",
        "high": f"{100 * similarity.high:.0f}",
    }
    notes = [Note(_SIMILARITY if similarity.value else _NO_GAIN, values)]
    if similarity.is_past_its_best:
        lead: dict[str, object] = {
            "points": f"{100 * similarity.loss:.1f}",
            "p": _p_text(similarity.p_value),
        }
        notes.append(Note(_PAST, lead))
    elif similarity.is_similar:
        notes.append(Note(_SIMILAR))
    else:
        notes.append(Note(_DIFFERENT))
    if not similarity.is_clear:
        notes.append(Note(_UNCLEAR))
    return notes


def percent(fraction: float, decimals: int = 1) -> str:
    """Format a fraction as per cent, e.g. 0.8243 as 82.4%."""
    return f"{100 * fraction:.{decimals}f}%"


def _p_text(p_value: float) -> str:
    return f"p = {p_value:.3f}" if p_value >= 0.001 else "p < 0.001"


_STATEMENTS = {
    "feature_extraction": QT_TRANSLATE_NOOP("core", "{strategy}: train only the new head."),
    "discriminative": QT_TRANSLATE_NOOP(
        "core", "{strategy}: train everything, the pretrained layers with a tenth of the rate."
    ),
    "fine_tuning": QT_TRANSLATE_NOOP(
        "core", "{strategy}: train everything from the pretrained values on."
    ),
    "from_scratch": QT_TRANSLATE_NOOP("core", "{strategy}: train everything from random values."),
    "partial": QT_TRANSLATE_NOOP("core", "{strategy}: train from “{train_from}” on."),
}
_FEW = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images in {classes} classes, about {each} of each: few. With fewer than "
    "{limit} of a class training can spoil features that are good already.",
)
_FEW_FROM_SCRATCH = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images in {classes} classes, about {each} of each: few. From random values "
    "about {limit} of a class are wanted; a network with pretrained weights needs far less.",
)
_FEW_IN_ALL = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images in {classes} classes, about {each} of each: few in all. With fewer "
    "than {in_all} images training can spoil features that are good already.",
)
_FEW_IN_ALL_FROM_SCRATCH = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images in {classes} classes, about {each} of each: few in all. From random "
    "values about {in_all} are wanted; a network with pretrained weights needs far less.",
)
_MANY = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images in {classes} classes, about {each} of each: enough to train a whole "
    "network, for which about {limit} of each and {in_all} in all are wanted.",
)
_NO_WEIGHTS = QT_TRANSLATE_NOOP(
    "core", "This model has no pretrained weights, so there is nothing to transfer."
)
_UNMEASURED = QT_TRANSLATE_NOOP(
    "core",
    "How similar the images are to those of the pretraining is not measured, so this goes by their "
    "number alone.",
)
_TOO_FEW = QT_TRANSLATE_NOOP(
    "core",
    "Probes of {images} images are too uncertain to tell how similar they are to those of the "
    "pretraining; {limit} are wanted.",
)
_SIMILARITY = QT_TRANSLATE_NOOP(
    "core",
    "A linear probe on what goes into the head tells {final} of the images rightly, one on their "
    "raw pixels {pixels}: the network avoids {similarity} of the mistakes ({low} to {high}%).",
)
_NO_GAIN = QT_TRANSLATE_NOOP(
    "core",
    "A linear probe on what goes into the head tells {final} of the images rightly, one on their "
    "raw pixels {pixels}: the network avoids none of the mistakes.",
)
_SIMILAR = QT_TRANSLATE_NOOP(
    "core",
    "No earlier depth is significantly better, so the images are similar to those of the "
    "pretraining.",
)
_DIFFERENT = QT_TRANSLATE_NOOP(
    "core",
    "That is less than a third: what the network has learned helps little with these images. They "
    "are different from those of the pretraining.",
)
_PAST = QT_TRANSLATE_NOOP(
    "core",
    "An earlier depth is better by {points} points ({p}): the last stages lose what matters here, "
    "so the images are different from those of the pretraining.",
)
_UNCLEAR = QT_TRANSLATE_NOOP(
    "core", "It is a close call: with other images of the kind it could turn out otherwise."
)
_WHY_HEAD = QT_TRANSLATE_NOOP(
    "core", "The pretrained layers stay as they are, so that few images cannot spoil them."
)
_WHY_CAREFUL = QT_TRANSLATE_NOOP(
    "core", "The features fit already: small steps adapt them without losing them."
)
_WHY_ALL = QT_TRANSLATE_NOOP(
    "core",
    "Pretrained values are a better start than random ones even where the images are different.",
)
_WHY_NOTHING_KEPT = QT_TRANSLATE_NOOP(
    "core",
    "Even the best depth, “{path}” with {accuracy}, avoids only {share} of the mistakes on raw "
    "pixels: freezing would protect little, and the pretrained values are a good start still.",
)
_WHY_PARTIAL = QT_TRANSLATE_NOOP(
    "core",
    "The probe is at its best, {accuracy}, from “{path}” on; the stages after it add nothing for "
    "these images, so they learn anew, and what comes before stays.",
)
_WHY_LAST = QT_TRANSLATE_NOOP(
    "core",
    "The probe climbs up to the head, so only the last stage, “{path}”, learns anew: it is the one "
    "most made for other classes.",
)
