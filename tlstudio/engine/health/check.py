"""The health check of a dataset: every check in turn, and what they found."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import BY_FINDING, BY_HAND
from tlstudio.core.errors import DatasetError
from tlstudio.core.health.finding import (
    Finding,
    HealthProgressed,
    HealthReport,
    SkippedCheck,
    Value,
    ordered,
)
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.ahead import Readers, in_order
from tlstudio.engine.health import copies, shortcuts
from tlstudio.engine.health.crops import is_part
from tlstudio.engine.health.hashes import TooAlikeError, near_pairs
from tlstudio.engine.health.image_facts import FactsTable, image_facts
from tlstudio.engine.health.labels import HOPELESS, doubts, estimated_errors
from tlstudio.engine.health.neighbours import (
    MAYBE_SAME,
    NEIGHBOURS,
    SAME,
    Neighbourhood,
    bunch_size,
    flattened,
    neighbourhood,
)
from tlstudio.engine.health.quality import COMMON, FAULTS
from tlstudio.engine.health.report_file import files_stamp, store_report

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tlstudio.engine.probing.dataset_features import DatasetFeatures
    from tlstudio.engine.probing.probe import ProbeRecord

MAX_FEATURES = 20_000  # images that are compared by features: 5 minutes to compute, 10 s to compare
MAX_HASHED = 200_000  # images whose hashes are compared; 100,000 take a minute, twice as many four
MAX_PROBED = 10_000  # images whose class is doubted
MAX_PARTS = 4000  # pairs that are laid over each other, the nearest ones: about a minute
MIN_FEATURES = 20  # of fewer there is no usual distance
IMBALANCE = 10  # times as many images as another class has (cleanlab's Datalab: a tenth)

NO_FEATURES = QT_TRANSLATE_NOOP("core", "The features of the images were not computed.")
SAMPLED = QT_TRANSLATE_NOOP("core", "Made on {count} of {total} images, drawn by chance.")
SOME_PAIRS = QT_TRANSLATE_NOOP(
    "core", "Crops were looked for in the {count} most alike of {total} pairs."
)
TOO_FEW = QT_TRANSLATE_NOOP("core", "There are too few images for it.")
TOO_ALIKE = QT_TRANSLATE_NOOP(
    "core", "All images are so alike that their fingerprints do not tell them apart."
)
HARD = QT_TRANSLATE_NOOP(
    "core",
    "A simple classifier would put {percent} % of the images elsewhere: it cannot tell these "
    "classes apart.",
)
SO_MANY = QT_TRANSLATE_NOOP("core", "{percent} % of the images are so: it belongs to this dataset.")

Step = HealthProgressed | Finding | SkippedCheck


@dataclass(frozen=True, eq=False)
class CheckedData:
    """What the checks look at.

    Attributes:
        index: the dataset, as it is used now.
        table: a row of facts for each of its samples, in their order.
        features: of its samples, perhaps of some only; None where there are none.
    """

    index: DatasetIndex
    table: FactsTable
    features: DatasetFeatures | None = None
    stop: StopToken = field(default_factory=StopToken)

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """The places in the samples of the images that have features, in their order."""
        if self.features is None:
            return np.zeros(0, np.int64)
        place_of = {sample.image: place for place, sample in enumerate(self.index.samples)}
        return np.array([place_of[image] for image in self.features.images], dtype=np.int64)

    @cached_property
    def targets(self) -> NDArray[np.int64]:
        """Class indices of all samples."""
        return np.array([sample.class_index for sample in self.index.samples], dtype=np.int64)

    @property
    def has_enough_features(self) -> bool:
        return self.features is not None and len(self.features) >= MIN_FEATURES

    def without_features(self, *kinds: str) -> Iterator[SkippedCheck]:
        """Why checks by features are not made, or on some of the images only."""
        if self.features is None or not self.has_enough_features:
            reason = Note(NO_FEATURES if self.features is None else TOO_FEW)
        elif len(self.features) < int(self.table.is_read.sum()):
            values: dict[str, object] = {"count": len(self.features), "total": len(self.table)}
            reason = Note(SAMPLED, values)
        else:
            return
        for kind in kinds:
            yield SkippedCheck(kind, reason)


@dataclass(frozen=True, slots=True)
class Check:
    """A check: a row of the table.

    Attributes:
        title: what is said while it goes on.
        run: yields findings, progress, and what could not be checked.
    """

    title: str
    run: Callable[[CheckedData], Iterator[Step]]


def check_dataset(
    index: DatasetIndex, stop: StopToken, features: DatasetFeatures | None = None
) -> Iterator[HealthProgressed | Finding | HealthReport]:
    """Look for what is wrong with a dataset, and keep the report.

    Args:
        index: as it is used now: what was left out by hand is not looked at.
        stop: read before every image and between blocks of comparisons.
        features: of its images, where copies, strangers and doubtful classes are to be found by
            them as well. Of more than `MAX_FEATURES` some are taken by chance.

    Yields:
        Progress, each finding as soon as it is there, and last of all the report, which is kept on
        disk; no report where `stop` ended it early.
    """
    stamp = files_stamp(index)
    table: FactsTable | None = None
    for step in image_facts([sample.image for sample in index.samples], stop):
        if isinstance(step, FactsTable):
            table = step
        else:
            yield step
    if table is None:
        return
    known = None if features is None else features.of(sampled(index))
    data = CheckedData(index, table, known, stop)
    findings: list[Finding] = []
    skipped: list[SkippedCheck] = []
    for check in CHECKS:
        yield HealthProgressed(check.title, 0, len(index.samples))
        for found in check.run(data):
            if stop.stopped:
                return
            if isinstance(found, SkippedCheck):
                skipped.append(found)
                continue
            if isinstance(found, Finding):
                findings.append(found)
            yield found
    if stop.stopped:
        return
    report = HealthReport(
        fingerprint=index.fingerprint,
        findings=ordered(findings),
        checked=len(index.samples),
        skipped=tuple(skipped),
        stamp=stamp,
        has_features=data.has_enough_features,
    )
    store_report(report, index)
    yield report


def sampled(index: DatasetIndex, limit: int = MAX_FEATURES, seed: int = 0) -> DatasetIndex:
    """The dataset with at most `limit` of its images, drawn by chance: those to have features."""
    if len(index.samples) <= limit:
        return index
    chosen = sample_places(len(index.samples), limit, seed)
    return replace(index, samples=tuple(index.samples[place] for place in chosen))


def _unreadable(data: CheckedData) -> Iterator[Step]:
    """What was left out at opening, and what turned out unreadable since, by reason."""
    groups: dict[str, list[ImageRef]] = defaultdict(list)
    for file in data.index.excluded:
        if file.reason not in (BY_HAND, BY_FINDING):
            groups[file.reason].append(file.image)
    for place, reason in data.table.reasons.items():
        groups[reason].append(data.table.images[place])
    for reason, images in groups.items():
        values: dict[str, Value] = {"count": len(images), "reason": reason}
        yield Finding.of("unreadable", data.index, images, values, len(images), about=reason)


def _copies(data: CheckedData) -> Iterator[Step]:
    """Groups of copies: of the same content, of near hashes, of near features, parts of others."""
    digests, rows = data.table.digests, data.table.rows
    pairs: list[tuple[int, int]] = copies.same_digest(digests)
    later = {place for _, place in pairs}  # the first one stands for its copies
    usable = data.table.is_read & (rows["contrast"] > copies.MIN_CONTRAST)
    places = np.array([n for n in np.flatnonzero(usable) if n not in later], dtype=np.int64)
    if len(places) > MAX_HASHED:
        values: dict[str, object] = {"count": MAX_HASHED, "total": len(places)}
        yield SkippedCheck("near_copies", Note(SAMPLED, values))
        places = places[sample_places(len(places), MAX_HASHED)]
    alike = np.zeros((0, 2), np.int64)  # there may be millions of pairs
    try:
        for near in near_pairs(rows["dct_hashes"][places], rows["difference_hashes"][places]):
            if data.stop.stopped:
                return
            if near is not None:
                alike = places[near]
    except TooAlikeError:
        yield SkippedCheck("near_copies", Note(TOO_ALIKE))
    if data.has_enough_features:
        for step in _copies_by_features(data, later):
            if isinstance(step, tuple):
                pairs.append(step)
            else:
                yield step
    groups = []
    for group in copies.joined(chain(pairs, copies.pairs_of(alike))):
        is_exact = len({digests[place] for place in group}) == 1
        order = sorted(group, key=lambda place: copies.worth(rows[place]), reverse=True)
        groups.append(copies.CopyGroup(tuple(order), is_exact))
    yield from copies.findings_of(groups, data.index)
    yield from data.without_features("near_copies")


def _copies_by_features(
    data: CheckedData, later: set[int]
) -> Iterator[HealthProgressed | SkippedCheck | tuple[int, int]]:
    """Pairs of near features; of those that are not near enough, the ones that are parts."""
    assert data.features is not None
    around = yield from _neighbours(data, data.features.vectors, NEIGHBOURS)
    if around is None:
        return
    same = [(int(a), int(b)) for a, b in data.places[around.pairs_within(SAME)]]
    yield from same
    known = {tuple(sorted(pair)) for pair in same}
    maybe = [(int(a), int(b)) for a, b in data.places[around.pairs_within(MAYBE_SAME, nearest=3)]]
    maybe = [p for p in maybe if tuple(sorted(p)) not in known and not later.intersection(p)]
    if len(maybe) > MAX_PARTS:
        values: dict[str, object] = {"count": MAX_PARTS, "total": len(maybe)}
        yield SkippedCheck("near_copies", Note(SOME_PAIRS, values))
    images = data.table.images
    asked = maybe[:MAX_PARTS]
    readers = Readers(min(4, os.cpu_count() or 1), chunk=32)
    answers = in_order(lambda pair: is_part(images[pair[0]], images[pair[1]]), asked, readers)
    for done, (pair, answer) in enumerate(answers):
        if data.stop.stopped:
            return
        if answer():
            yield pair
        if done % 32 == 0:
            yield HealthProgressed(COMPARING, done, len(asked))


def _neighbours(
    data: CheckedData, vectors: NDArray[np.float32], count: int
) -> Generator[HealthProgressed, None, Neighbourhood | None]:
    """Return who is near whom; None where it was stopped."""
    for step in neighbourhood(vectors, count):
        if data.stop.stopped:
            return None
        if isinstance(step, Neighbourhood):
            return step
        yield HealthProgressed(COMPARING, step, len(vectors))
    return None


def _strangers(data: CheckedData) -> Iterator[Step]:
    yield from data.without_features("strangers")
    if data.features is None or not data.has_enough_features:
        return
    vectors, count = flattened(data.features.vectors), bunch_size(data.features.targets)
    around = yield from _neighbours(data, vectors, count)
    if around is None:
        return
    usual = float(np.median(around.loneliness))
    for row in around.alone:
        image = data.index.samples[data.places[row]].image
        times = float(around.loneliness[row]) / max(usual, 1e-12)
        values: dict[str, Value] = {"name": image.name, "times": f"{times:.1f}"}
        yield Finding.of("strangers", data.index, [image], values, times)


def _labels(data: CheckedData) -> Iterator[Step]:
    """Doubtful classes, by probes of features that have not seen the image."""
    yield from data.without_features("labels")
    if not data.has_enough_features or data.features is None:
        return
    chosen = sample_places(len(data.features), MAX_PROBED)
    if len(chosen) < len(data.features):
        values: dict[str, object] = {"count": len(chosen), "total": len(data.table)}
        yield SkippedCheck("labels", Note(SAMPLED, values))
    targets = data.targets[data.places[chosen]]
    record: ProbeRecord | None = None
    for step in _probed(data, data.features.vectors[chosen], targets, ("labels",)):
        if isinstance(step, HealthProgressed | SkippedCheck):
            yield step
        else:
            record = step
    if record is None:
        return
    estimated = estimated_errors(record.probabilities, targets) / len(targets)
    if estimated > HOPELESS:
        yield SkippedCheck("labels", Note(HARD, {"percent": f"{100 * estimated:.0f}"}))
        return
    classes = data.index.classes
    for doubt in doubts(record.probabilities, targets):
        sample = data.index.samples[data.places[chosen[doubt.place]]]
        yield Finding.of(
            "labels",
            data.index,
            [sample.image],
            {
                "name": sample.image.name,
                "class_name": classes[sample.class_index],
                "percent": f"{100 * doubt.given:.0f}",
                "suggested": classes[doubt.suggested],
                "suggested_percent": f"{100 * doubt.suggested_probability:.0f}",
            },
            1 - doubt.given,
        )


def _probed(
    data: CheckedData,
    vectors: NDArray[np.float32],
    targets: NDArray[np.int64],
    kinds: Iterable[str],
) -> Iterator[HealthProgressed | SkippedCheck | ProbeRecord]:
    from tlstudio.engine.probing.probe import ProbeRecord, cross_validate

    try:
        for step in cross_validate(vectors, targets, data.stop):
            if isinstance(step, ProbeRecord):
                yield step
            else:
                yield HealthProgressed(PROBING, step * len(targets) // 5, len(targets))
    except DatasetError as error:
        for kind in kinds:
            yield SkippedCheck(kind, Note(error.sentence))


def _shortcuts(data: CheckedData) -> Iterator[Step]:
    readable = np.flatnonzero(data.table.is_read)
    chosen = readable[sample_places(len(readable), shortcuts.MAX_IMAGES)]
    targets, rows = data.targets[chosen], data.table.rows[chosen]
    for shortcut in shortcuts.SHORTCUTS:
        if len(chosen) < shortcuts.MIN_IMAGES:
            yield SkippedCheck(shortcut.kind, Note(TOO_FEW))
            continue
        columns = shortcuts.told_apart(shortcut.columns(rows))
        if not columns:
            continue  # all files are alike
        for step in _probed(data, shortcuts.matrix(columns), targets, (shortcut.kind,)):
            if isinstance(step, HealthProgressed | SkippedCheck):
                yield step
                continue
            found = shortcuts.finding_of(shortcut, columns, targets, step, data.index)
            if found is not None:
                yield found


def sample_places(count: int, limit: int, seed: int = 0) -> NDArray[np.int64]:
    """At most `limit` places of `count`, drawn by chance, in order."""
    if count <= limit:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).permutation(count)[:limit])


def _quality(data: CheckedData) -> Iterator[Step]:
    places = np.flatnonzero(data.table.is_read)
    rows = data.table.rows[places]
    if not len(places):
        return
    for fault in FAULTS:
        found = np.flatnonzero(fault.found(rows))
        if len(found) > COMMON * len(rows):
            percent = f"{100 * len(found) / len(rows):.0f}"
            yield SkippedCheck(fault.kind, Note(SO_MANY, {"percent": percent}))
            continue
        scores = fault.score(rows)
        for row in found:
            image = data.table.images[places[row]]
            values = {"name": image.name, **fault.values(rows[row], rows)}
            yield Finding.of(fault.kind, data.index, [image], values, float(scores[row]))


def _placeholder_names(data: CheckedData) -> Iterator[Step]:
    """Single files whose name says that they stand for a missing photo."""
    twice = {place for pair in copies.same_digest(data.table.digests) for place in pair}
    for place, sample in enumerate(data.index.samples):
        if place not in twice and copies.has_placeholder_name(sample):
            values: dict[str, Value] = {"name": sample.image.name, "count": 1}
            yield Finding.of("placeholders", data.index, [sample.image], values, 1)


def _imbalance(data: CheckedData) -> Iterator[Step]:
    counts = np.array(data.index.counts[Split.TRAIN])
    largest = int(counts.argmax())
    for number in np.flatnonzero(counts * IMBALANCE <= counts[largest]):
        values: dict[str, Value] = {
            "class_name": data.index.classes[number],
            "count": int(counts[number]),
            "largest": data.index.classes[largest],
            "largest_count": int(counts[largest]),
        }
        ratio = float(counts[largest] / max(1, counts[number]))
        about = data.index.classes[number]
        if counts[largest]:
            yield Finding.of("imbalance", data.index, (), values, ratio, about)


COMPARING = QT_TRANSLATE_NOOP("core", "Comparing images")
PROBING = QT_TRANSLATE_NOOP("core", "Asking a simple classifier")

CHECKS = (
    Check(QT_TRANSLATE_NOOP("core", "Looking at the files"), _unreadable),
    Check(QT_TRANSLATE_NOOP("core", "Looking at the files"), _placeholder_names),
    Check(COMPARING, _copies),
    Check(COMPARING, _strangers),
    Check(QT_TRANSLATE_NOOP("core", "Looking at light and sharpness"), _quality),
    Check(QT_TRANSLATE_NOOP("core", "Comparing classes"), _imbalance),
    Check(QT_TRANSLATE_NOOP("core", "Comparing classes"), _shortcuts),
    Check(PROBING, _labels),
)
