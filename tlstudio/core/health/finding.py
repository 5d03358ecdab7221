"""One finding, and the report of a whole health check."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.health.kinds import FINDING_KINDS, FindingKind, Severity
from tlstudio.core.notes import Note
from tlstudio.core.texts import Sentence

SHORT = 16  # hex digits of an id

Value = str | int | float
_OURS = ("fact", "reason")  # values that are sentences of ours, to be translated


@dataclass(frozen=True, slots=True)
class HealthProgressed:
    """The progress of a health check.

    Attributes:
        stage: what goes on, marked for translation.
        done: images of this stage that were dealt with.
        total: images of this stage.
    """

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Images that share one fault: a picture and its copies, or a single image.

    Attributes:
        id: the same whenever the same is found in the same images.
        kind: a key of `FINDING_KINDS`.
        images: of copies the one to keep first; empty where it concerns whole classes.
        values: the values of its kind's line.
        score: puts findings of one kind in order, the surest or largest first.
    """

    id: str
    kind: str
    images: tuple[ImageRef, ...]
    values: Mapping[str, Value] = field(default_factory=dict)
    score: float = 0.0

    @classmethod
    def of(
        cls,
        kind: str,
        index: DatasetIndex,
        images: Iterable[ImageRef],
        values: Mapping[str, Value],
        score: float = 0.0,
        about: str = "",
    ) -> Finding:
        """A finding with its id.

        Args:
            about: tells findings without images apart, e.g. the name of a class.
        """
        images = tuple(images)
        keys = sorted(manifest_key(index.root, image) for image in images)
        text = "\0".join((kind, about, *keys)).encode("utf-8", "surrogatepass")
        name = f"{kind}-{hashlib.sha256(text).hexdigest()[:SHORT]}"
        return cls(name, kind, images, dict(values), float(score))

    @property
    def spec(self) -> FindingKind:
        """Its row of the table."""
        return FINDING_KINDS[self.kind]

    @property
    def note(self) -> Note:
        """The finding in one sentence."""
        return Note(self.spec.line, dict(self.values))

    def to_values(self, index: DatasetIndex) -> dict[str, object]:
        """The finding as JSON has it: images by their keys in the manifest."""
        return {
            "id": self.id,
            "kind": self.kind,
            "images": [manifest_key(index.root, image) for image in self.images],
            "values": dict(self.values),
            "score": self.score,
        }


@dataclass(frozen=True, slots=True)
class SkippedCheck:
    """A check that was not made, or on some of the images only, and why."""

    kind: str
    reason: Note


@dataclass(frozen=True)
class HealthReport:
    """The result of one health check.

    Attributes:
        fingerprint: of the dataset that was checked.
        findings: by severity, kind and score.
        checked: images that were looked at.
        skipped: checks that were not made, or not on all images.
        stamp: of the sizes and times of all files; empty where that was not looked at.
        has_features: whether the checks that need a network's features were made.
    """

    fingerprint: str
    findings: tuple[Finding, ...] = ()
    checked: int = 0
    skipped: tuple[SkippedCheck, ...] = ()
    stamp: str = ""
    has_features: bool = False

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings of each kind that has any, in the order of the table."""
        found: dict[str, list[Finding]] = {kind: [] for kind in FINDING_KINDS}
        for finding in self.findings:
            found[finding.kind].append(finding)
        return {kind: tuple(rows) for kind, rows in found.items() if rows}

    @cached_property
    def serious(self) -> tuple[str, ...]:
        """The kinds of findings that change the result."""
        return tuple(
            kind for kind in self.by_kind if FINDING_KINDS[kind].severity is Severity.CHANGES_RESULT
        )

    def open_in(self, index: DatasetIndex) -> HealthReport:
        """What of it still holds for `index`, a later edit of the dataset that was checked.

        Images that were left out no longer count, a pair of copies that now lies in one split is no
        leak any more, and what a person accepted is not shown again.
        """
        placed = {sample.image: sample for sample in index.samples}
        accepted = index.manifest.accepted
        kept = []
        for finding in self.findings:
            if finding.id in accepted:
                continue
            samples = [placed[image] for image in finding.images if image in placed]
            if finding.spec.holds(samples, index.classes, finding.values):
                is_whole = len(samples) == len(finding.images) or not samples
                kept.append(
                    finding
                    if is_whole
                    else replace(finding, images=tuple(sample.image for sample in samples))
                )
        return replace(self, findings=tuple(kept))

    def to_values(self, index: DatasetIndex) -> dict[str, object]:
        """The report as JSON has it; `from_values` reads it."""
        return {
            "fingerprint": self.fingerprint,
            "checked": self.checked,
            "stamp": self.stamp,
            "has_features": self.has_features,
            "findings": [finding.to_values(index) for finding in self.findings],
            "skipped": [
                {"kind": row.kind, "sentence": row.reason.sentence, "values": row.reason.values}
                for row in self.skipped
            ],
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any], index: DatasetIndex) -> HealthReport:
        """Read what `to_values` returned, with the images of `index`; those that are gone fall out.

        Raises:
            ValueError: it is something else.
        """
        images = {manifest_key(index.root, image): image for image in all_images(index)}
        try:
            findings = tuple(_finding(row, images) for row in values["findings"])
            return cls(
                fingerprint=str(values["fingerprint"]),
                findings=tuple(finding for finding in findings if finding.kind in FINDING_KINDS),
                checked=int(values["checked"]),
                skipped=tuple(
                    SkippedCheck(str(row["kind"]), Note(str(row["sentence"]), dict(row["values"])))
                    for row in values["skipped"]
                ),
                stamp=str(values["stamp"]),
                has_features=bool(values["has_features"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a report of the studio") from error


def all_images(index: DatasetIndex) -> Iterator[ImageRef]:
    """Every image that lies on the disk, used or not, whatever was edited by hand."""
    whole = index.unedited or index
    yield from (sample.image for sample in whole.samples)
    yield from (file.image for file in whole.excluded)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of the page: by kind as in the table, then by score."""
    places = {kind: place for place, kind in enumerate(FINDING_KINDS)}
    return tuple(sorted(findings, key=lambda one: (places[one.kind], -one.score, one.id)))


def _finding(row: Mapping[str, Any], images: Mapping[str, ImageRef]) -> Finding:
    keys: Sequence[str] = row["images"]
    found = tuple(images[key] for key in keys if key in images)
    values = {
        name: Sentence(value) if name in _OURS and isinstance(value, str) else value
        for name, value in row["values"].items()
    }
    return Finding(str(row["id"]), str(row["kind"]), found, values, float(row["score"]))
