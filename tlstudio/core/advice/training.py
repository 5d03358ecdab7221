"""Advice on how to train: learning rate, epochs, views of images, uneven classes."""

from __future__ import annotations

from math import ceil

from tlstudio.core.advice.advice import AdviceFacts, AdviceItem, AdviceTopic, DataFacts
from tlstudio.core.advice.evidence import EvidenceRecord
from tlstudio.core.notes import Note
from tlstudio.core.significance import wilson
from tlstudio.core.strategies import STRATEGIES
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ORIGINAL_RATE = 0.1  # of SGD on ImageNet (He et al. 2016, section 3.4)
RATE = ORIGINAL_RATE / 10  # CS231n: a tenth of the original
ADAM_RATE = 0.001  # its default (Kingma and Ba 2015), for random values

# With SGD and cosine decay the head of the on-board network had settled after some 250 updates on
# photos and clothes, and twice as many cost little. Digits, unlike anything pretrained, gained
# another 3 points from twice as many again, which cost a head alone next to nothing.
UPDATES, HEAD_UPDATES = 500, 1000
SCRATCH_UPDATES = 2000
MIN_EPOCHS, MAX_EPOCHS = 5, 30

BACKBONE_RATE = 0.1  # of the head's, where the two differ
BATCH, SMALLEST_BATCH = 32, 8
FEWEST_STEPS = 4  # of an epoch, before batches become smaller
HEAD_EPOCHS = 5  # in which the head trains alone, if there are many more
STAGES = 8  # of a usual backbone, with the head

# From one half, which is chance, by more than a few images that happen to look alike. Photos of
# food have 0.50, clothes 0.77, digits 0.95.
HANDED_FROM = 0.55

SMALL_PX = 64  # a random crop of an image smaller than that leaves a few pixels to see
UNEVEN = 3.0  # times as many images in the largest class as in the smallest
RARE = 5  # images of a class: fewer tell next to nothing about it
WIDE = 0.05  # half of an interval, from which on a validation accuracy is only a hint


def training_items(
    strategy: str, data: DataFacts, evidence: EvidenceRecord | None = None
) -> list[AdviceItem]:
    """How to train under `strategy`: the one home of these rules, for the advice and the presets.

    Works without a dataset as well, and then has no advice on what depends on its size.
    """
    items = [rate_item(strategy)]
    if data.train_images:
        items.append(epochs_item(strategy, data))
        items.append(augmentation_item(data, evidence))
        items += [item for item in (balance_item(data),) if item is not None]
    return items


def rate_item(strategy: str) -> AdviceItem:
    """Optimizer, learning rate and its schedule."""
    if strategy == "from_scratch":
        return AdviceItem(
            AdviceTopic.RATE,
            Note(_RATE_SCRATCH, {"rate": f"{ADAM_RATE:g}"}),
            (Note(_WHY_ADAM),),
            {"optimizer": "adam", "learning_rate": ADAM_RATE, "schedule": "cosine"},
        )
    settings: dict[str, object] = {
        "optimizer": "sgd",
        "momentum": 0.9,
        "learning_rate": RATE,
        "schedule": "cosine",
    }
    values: dict[str, object] = {
        "rate": f"{RATE:g}",
        "tenth": f"{RATE * BACKBONE_RATE:g}",
        "original": f"{ORIGINAL_RATE:g}",
    }
    if STRATEGIES[strategy].has_rates:
        return AdviceItem(
            AdviceTopic.RATE,
            Note(_RATE_TWO, values),
            (Note(_WHY_TENTH, values), Note(_WHY_SMALLER)),
            {**settings, "rate_rule": "backbone", "backbone_rate": BACKBONE_RATE},
        )
    reason = Note(_WHY_HEAD_RATE) if strategy == "feature_extraction" else Note(_WHY_TENTH, values)
    return AdviceItem(AdviceTopic.RATE, Note(_RATE, values), (reason,), settings)


def epochs_item(strategy: str, data: DataFacts) -> AdviceItem:
    """Advise a batch that leaves several steps to an epoch, and epochs for enough updates."""
    batch = batch_size(data.train_images)
    batches = max(1, ceil(data.train_images / batch))
    wanted = {"from_scratch": SCRATCH_UPDATES, "feature_extraction": HEAD_UPDATES}.get(
        strategy, UPDATES
    )
    most = 2 * MAX_EPOCHS if strategy == "from_scratch" else MAX_EPOCHS
    epochs = min(most, max(MIN_EPOCHS, ceil(wanted / batches)))
    settings: dict[str, object] = {"epochs": epochs, "batch_size": batch}
    if strategy == "head_first":
        settings["head_epochs"] = min(HEAD_EPOCHS, ceil(epochs / 3))
    if strategy == "gradual":
        settings["unfreeze_every"] = 2 if epochs >= 2 * STAGES else 1
    return AdviceItem(
        AdviceTopic.EPOCHS,
        Note(_EPOCHS, {"epochs": epochs, "batch": batch}),
        (Note(_WHY_EPOCHS, {"batches": batches, "updates": batches * epochs}),),
        settings,
    )


def batch_size(train_images: int) -> int:
    """The usual batch, halved until an epoch has a few steps."""
    batch = BATCH
    while batch > SMALLEST_BATCH and train_images < FEWEST_STEPS * batch:
        batch //= 2
    return batch


def augmentation_item(data: DataFacts, record: EvidenceRecord | None) -> AdviceItem:
    """Advise which views to train on; mirrored ones only where left and right are alike."""
    images = data.images
    reasons = []
    if record is not None:
        values: dict[str, object] = {"share": f"{100 * record.handedness:.0f}%"}
        if wilson(record.handedness * record.images, record.images).low > HANDED_FROM:
            return AdviceItem(
                AdviceTopic.AUGMENTATION,
                Note(QT_TRANSLATE_NOOP("core", "Leave the training images as they are.")),
                (Note(_WHY_NOT_MIRRORED, values),),
                {"augmentation": "none", "flips": "none"},  # nor where a person varies them
            )
        reasons.append(Note(_WHY_MIRRORED, values))
    if images is not None and images.short_side_px < SMALL_PX:
        reasons.append(Note(_WHY_NOT_CROPPED, {"side": images.short_side_px}))
        return AdviceItem(
            AdviceTopic.AUGMENTATION,
            Note(QT_TRANSLATE_NOOP("core", "Turn the training images a little and mirror them.")),
            tuple(reasons),
            {"augmentation": "rotate_flip"},
        )
    reasons.append(Note(_WHY_CROPPED))
    return AdviceItem(
        AdviceTopic.AUGMENTATION,
        Note(QT_TRANSLATE_NOOP("core", "Crop the training images at random and mirror them.")),
        tuple(reasons),
        {"augmentation": "crop_flip"},
    )


def balance_item(data: DataFacts) -> AdviceItem | None:
    """Advise on uneven classes; None where they are even enough."""
    filled = [(n, name) for n, name in zip(data.train_counts, data.class_names, strict=True) if n]
    if len(filled) < 2:
        return None
    fewest, smallest = min(filled)
    most, largest = max(filled)
    if most < UNEVEN * fewest:
        return None
    values: dict[str, object] = {
        "smallest": smallest,
        "fewest": fewest,
        "largest": largest,
        "most": most,
    }
    return AdviceItem(
        AdviceTopic.BALANCE,
        Note(QT_TRANSLATE_NOOP("core", "Weigh the classes in the loss.")),
        (Note(_WHY_BALANCE, values),),
        {"balance": "weights"},
    )


def data_items(facts: AdviceFacts) -> list[AdviceItem]:
    """Say what a person should know about the dataset; these items set nothing."""
    items = []
    if not facts.val_images:
        items.append(_told(_NO_VAL))
    else:
        half = wilson(0.9 * facts.val_images, facts.val_images).half_width
        if half > WIDE:
            values = {"images": facts.val_images, "points": f"{100 * half:.0f}"}
            items.append(_told(_FEW_VAL, **values))
    rare = [name for n, name in zip(facts.train_counts, facts.class_names, strict=True) if n < RARE]
    if rare:
        names = ", ".join(rare[:5]) + (", …" if len(rare) > 5 else "")
        items.append(_told(_RARE, names=names, limit=RARE))
    record = facts.evidence
    if record is not None and record.is_part:
        values = {"images": record.images, "total": record.train_images, "classes": record.classes}
        items.append(_told(_PART, **values))
    return items


def _told(sentence: str, **values: object) -> AdviceItem:
    return AdviceItem(AdviceTopic.DATA, Note(sentence, dict(values)))


_EPOCHS = QT_TRANSLATE_NOOP("core", "{epochs} epochs in batches of {batch}.")
_RATE = QT_TRANSLATE_NOOP("core", "Learning rate {rate}, falling to zero (SGD, cosine).")
_RATE_TWO = QT_TRANSLATE_NOOP(
    "core",
    "Learning rate {rate} for the head and {tenth} for the pretrained layers, falling to zero "
    "(SGD, cosine).",
)
_RATE_SCRATCH = QT_TRANSLATE_NOOP(
    "core", "Learning rate {rate} with Adam, falling to zero (cosine)."
)
_WHY_TENTH = QT_TRANSLATE_NOOP(
    "core",
    "Pretrained layers learn with a tenth of the {original} that networks are trained with at "
    "first, so that they keep what they know.",
)
_WHY_SMALLER = QT_TRANSLATE_NOOP(
    "core",
    "Layers whose features fit already learn with a tenth of that again.",
)
_WHY_HEAD_RATE = QT_TRANSLATE_NOOP(
    "core", "A head alone learns well with that; with ten times less it would not be done in time."
)
_WHY_ADAM = QT_TRANSLATE_NOOP(
    "core", "From random values Adam finds its way where plain steps would be too small."
)
_WHY_EPOCHS = QT_TRANSLATE_NOOP(
    "core", "With {batches} batches an epoch that makes {updates} updates of the weights."
)
_WHY_NOT_MIRRORED = QT_TRANSLATE_NOOP(
    "core",
    "Left and right matter here: {share} of the images are more like the others than like their "
    "mirror images. All ways of varying images mirror half of them.",
)
_WHY_MIRRORED = QT_TRANSLATE_NOOP(
    "core",
    "Left and right hardly matter: {share} of the images are more like the others than like their "
    "mirror images, and one half would be chance.",
)
_WHY_NOT_CROPPED = QT_TRANSLATE_NOOP(
    "core", "Of images of {side} px a random crop would leave too little to see."
)
_WHY_CROPPED = QT_TRANSLATE_NOOP(
    "core", "Varied views let the network see more than there is, and few images need it most."
)
_WHY_BALANCE = QT_TRANSLATE_NOOP(
    "core",
    "“{largest}” has {most} training images and “{smallest}” {fewest}: without it the small "
    "classes are neglected.",
)
_NO_VAL = QT_TRANSLATE_NOOP(
    "core",
    "There are no validation images: nothing will tell whether training helps or the images are "
    "learned by heart.",
)
_FEW_VAL = QT_TRANSLATE_NOOP(
    "core",
    "With {images} validation images an accuracy near 90% is uncertain by ±{points} points: small "
    "differences mean nothing.",
)
_RARE = QT_TRANSLATE_NOOP(
    "core", "Fewer than {limit} training images: {names}. More of them help more than any setting."
)
_PART = QT_TRANSLATE_NOOP(
    "core", "Measured on {images} of the {total} training images, from {classes} classes."
)
