"""The kinds of findings: what each is called, why it matters, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tlstudio.core.data.dataset import Sample
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class Severity(StrEnum):
    """How much a finding matters; the order of the page."""

    CHANGES_RESULT = "changes_result"
    WORTH_A_LOOK = "worth_a_look"
    INFORMATION = "information"


SEVERITY_TITLES = {
    Severity.CHANGES_RESULT: QT_TRANSLATE_NOOP("core", "Changes your result"),
    Severity.WORTH_A_LOOK: QT_TRANSLATE_NOOP("core", "Worth a look"),
    Severity.INFORMATION: QT_TRANSLATE_NOOP("core", "For your information"),
}

Values = Mapping[str, object]
Holds = Callable[[Sequence[Sample], Sequence[str], Values], bool]


def _is_used(samples: Sequence[Sample], classes: Sequence[str], values: Values) -> bool:
    """Whether any of the images is still trained on or measured with."""
    return bool(samples)


def _are_several(samples: Sequence[Sample], classes: Sequence[str], values: Values) -> bool:
    return len(samples) > 1


def _are_apart(samples: Sequence[Sample], classes: Sequence[str], values: Values) -> bool:
    """Whether they lie in several splits."""
    return len({sample.split for sample in samples}) > 1


def _are_of_two_classes(samples: Sequence[Sample], classes: Sequence[str], values: Values) -> bool:
    return len({sample.class_index for sample in samples}) > 1


def _is_of_that_class(samples: Sequence[Sample], classes: Sequence[str], values: Values) -> bool:
    """Whether the class that was doubted still stands."""
    return any(classes[sample.class_index] == values.get("class_name") for sample in samples)


def _always(samples: Sequence[Sample], classes: Sequence[str], values: Values) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding: a row of the table.

    Attributes:
        id: its name in files and on the terminal.
        title: a few words.
        reason: a sentence: why it matters.
        line: a sentence on one finding, a `str.format` template over its values.
        severity: how much it matters.
        remedies: ids of what can be done about one finding, the recommended one first.
        holds: whether a finding still holds for those of its images that are used now.
        needs_features: whether it is found by a network's features.
    """

    id: str
    title: str
    reason: str
    line: str
    severity: Severity
    remedies: tuple[str, ...] = ("leave_out",)
    holds: Holds = _is_used
    needs_features: bool = False


_COPIES = ("keep_one", "keep_together")

_KINDS = (
    FindingKind(
        "leaks",
        QT_TRANSLATE_NOOP("core", "Copies in several splits"),
        QT_TRANSLATE_NOOP(
            "core",
            "What the network has seen in training it answers rightly later on: the accuracy is "
            "too good.",
        ),
        QT_TRANSLATE_NOOP("core", "{count} copies of one picture in {splits}"),
        Severity.CHANGES_RESULT,
        ("leave_out_of_training", "keep_together", "keep_one"),
        _are_apart,
    ),
    FindingKind(
        "two_classes",
        QT_TRANSLATE_NOOP("core", "The same picture in several classes"),
        QT_TRANSLATE_NOOP(
            "core", "One of the classes is wrong, and the network is told both of them."
        ),
        QT_TRANSLATE_NOOP("core", "{count} copies of one picture in {class_names}"),
        Severity.CHANGES_RESULT,
        ("leave_out", "keep_one", "move"),
        _are_of_two_classes,
    ),
    FindingKind(
        "placeholders",
        QT_TRANSLATE_NOOP("core", "Placeholders instead of photos"),
        QT_TRANSLATE_NOOP(
            "core", "A picture that says “not found” is learnt as an example of its class."
        ),
        QT_TRANSLATE_NOOP("core", "“{name}” looks like a placeholder: {count} images"),
        Severity.CHANGES_RESULT,
    ),
    FindingKind(
        "file_facts",
        QT_TRANSLATE_NOOP("core", "The class shows in the files themselves"),
        QT_TRANSLATE_NOOP(
            "core",
            "Where size, format or camera tell the classes apart, a network can learn that instead "
            "of what is in the pictures, and fails on others.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Size, format and camera alone tell {percent} % of the classes rightly ({low}–{high}; "
            "guessing {chance} %). Most by {fact} in “{class_name}”",
        ),
        Severity.CHANGES_RESULT,
        (),
        _always,
    ),
    FindingKind(
        "looks",
        QT_TRANSLATE_NOOP("core", "The class shows in light, blur or background"),
        QT_TRANSLATE_NOOP(
            "core",
            "Where a class was photographed otherwise than the rest, a network can learn that "
            "instead of what is in the pictures.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Brightness, contrast, sharpness and border colour alone tell {percent} % of the "
            "classes rightly ({low}–{high}; guessing {chance} %). Most by {fact} in “{class_name}”",
        ),
        Severity.WORTH_A_LOOK,
        (),
        _always,
    ),
    FindingKind(
        "cut_off",
        QT_TRANSLATE_NOOP("core", "Photos that are half grey"),
        QT_TRANSLATE_NOOP(
            "core", "A part of the file is missing; the reader fills the rest with grey."
        ),
        QT_TRANSLATE_NOOP("core", "{percent} % of “{name}” are a grey end"),
        Severity.WORTH_A_LOOK,
    ),
    FindingKind(
        "labels",
        QT_TRANSLATE_NOOP("core", "Perhaps of another class"),
        QT_TRANSLATE_NOOP(
            "core",
            "A simple classifier that has not seen the image takes it for another class. Often it "
            "is right, often the image is only unusual: look at each one.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "“{name}” is in “{class_name}” ({percent} %), and rather looks like “{suggested}” "
            "({suggested_percent} %)",
        ),
        Severity.WORTH_A_LOOK,
        ("move", "leave_out"),
        _is_of_that_class,
        needs_features=True,
    ),
    FindingKind(
        "strangers",
        QT_TRANSLATE_NOOP("core", "Unlike all other images"),
        QT_TRANSLATE_NOOP("core", "It may be there by mistake, or be the only one of its kind."),
        QT_TRANSLATE_NOOP(
            "core", "“{name}” is {times} times as far from its neighbours as is usual"
        ),
        Severity.WORTH_A_LOOK,
        needs_features=True,
    ),
    FindingKind(
        "exact_copies",
        QT_TRANSLATE_NOOP("core", "Exact copies"),
        QT_TRANSLATE_NOOP("core", "The same file several times counts several times."),
        QT_TRANSLATE_NOOP("core", "{count} times the same file in “{class_name}”"),
        Severity.WORTH_A_LOOK,
        _COPIES,
        _are_several,
    ),
    FindingKind(
        "near_copies",
        QT_TRANSLATE_NOOP("core", "Nearly the same picture"),
        QT_TRANSLATE_NOOP(
            "core",
            "Saved again, cropped, turned, mirrored, or taken a moment later: they count several "
            "times, and belong in one split.",
        ),
        QT_TRANSLATE_NOOP("core", "{count} times nearly the same picture in “{class_name}”"),
        Severity.WORTH_A_LOOK,
        _COPIES,
        _are_several,
    ),
    FindingKind(
        "blank",
        QT_TRANSLATE_NOOP("core", "Blank images"),
        QT_TRANSLATE_NOOP("core", "There is nothing to learn from one single colour."),
        QT_TRANSLATE_NOOP("core", "“{name}” has a single colour"),
        Severity.WORTH_A_LOOK,
    ),
    FindingKind(
        "dark",
        QT_TRANSLATE_NOOP("core", "Very dark images"),
        QT_TRANSLATE_NOOP("core", "Little can be seen on them."),
        QT_TRANSLATE_NOOP("core", "The brightest parts of “{name}” reach {percent} % of white"),
        Severity.WORTH_A_LOOK,
    ),
    FindingKind(
        "bright",
        QT_TRANSLATE_NOOP("core", "Very bright images"),
        QT_TRANSLATE_NOOP("core", "Little can be seen on them."),
        QT_TRANSLATE_NOOP("core", "The darkest parts of “{name}” are at {percent} % of white"),
        Severity.WORTH_A_LOOK,
    ),
    FindingKind(
        "blurry",
        QT_TRANSLATE_NOOP("core", "Blurry images"),
        QT_TRANSLATE_NOOP("core", "Without edges there is little to tell classes apart by."),
        QT_TRANSLATE_NOOP("core", "“{name}” has hardly an edge (sharpness {sharpness})"),
        Severity.WORTH_A_LOOK,
    ),
    FindingKind(
        "tiny",
        QT_TRANSLATE_NOOP("core", "Much smaller than the others"),
        QT_TRANSLATE_NOOP("core", "They are enlarged for the network, and look unlike the rest."),
        QT_TRANSLATE_NOOP("core", "“{name}” is {width} × {height}, usual are {usual} pixels"),
        Severity.WORTH_A_LOOK,
    ),
    FindingKind(
        "aspect",
        QT_TRANSLATE_NOOP("core", "Very long or very tall"),
        QT_TRANSLATE_NOOP("core", "The network sees a square of it: most of it is cut off."),
        QT_TRANSLATE_NOOP("core", "“{name}” is {width} × {height}"),
        Severity.WORTH_A_LOOK,
    ),
    FindingKind(
        "imbalance",
        QT_TRANSLATE_NOOP("core", "Classes of very different size"),
        QT_TRANSLATE_NOOP(
            "core",
            "The accuracy says little about small classes: look at each class, and weigh the "
            "classes in training.",
        ),
        QT_TRANSLATE_NOOP(
            "core", "“{class_name}” has {count} training images, “{largest}” has {largest_count}"
        ),
        Severity.WORTH_A_LOOK,
        (),
        _always,
    ),
    FindingKind(
        "unreadable",
        QT_TRANSLATE_NOOP("core", "Files that are not used"),
        QT_TRANSLATE_NOOP("core", "They are left out of everything, so they change no result."),
        QT_TRANSLATE_NOOP("core", "{count} files: {reason}"),
        Severity.INFORMATION,
        (),
        _always,
    ),
)

FINDING_KINDS: Mapping[str, FindingKind] = {kind.id: kind for kind in _KINDS}
