"""The report of a kept run: one HTML file that needs nothing else, in English or Korean.

The layout is plain tables, so that browsers show and print it and Qt's rich text can make a PDF of
the same text.
"""

from __future__ import annotations

import base64
import io
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

import tlstudio
from tlstudio.core.config import FIELDS, RunConfig
from tlstudio.core.config.command_line import flags_of
from tlstudio.core.config.fields import FieldSpec
from tlstudio.core.data.dataset import SPLIT_TITLES, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.errors import ImageError, TLStudioError
from tlstudio.core.evaluation.confusion import ConfusionMatrix
from tlstudio.core.evaluation.scores import ClassScores
from tlstudio.core.health import FINDING_KINDS
from tlstudio.core.networks.inputs import INPUT_SETTINGS
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.kept import KeptRun
from tlstudio.core.runs.metrics import METRICS, Axis, Metric
from tlstudio.core.runs.predictions import GalleryOrder, PredictionRecord, arrange
from tlstudio.core.significance import Interval
from tlstudio.core.storage import atomic_write, resources_dir
from tlstudio.core.strategies import STRATEGIES
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.core.translations import Translations
from tlstudio.engine.report.parts import Cell, Chart, Code, Picture, Section, Strip, Table
from tlstudio.engine.report.svg import (
    GREY,
    TRAIN_COLOUR,
    VAL_COLOUR,
    Curve,
    line_chart,
    reliability_chart,
)
from tlstudio.engine.understanding.scores import scores

TEMPLATE = "report.html.j2"
PICTURES = 10  # of each strip
PICTURE_PX = 280  # twice what is shown: sharp on screens of high density, and on paper
MATRIX_CLASSES = 30  # with more, a matrix is no longer read on paper
CONFUSED_PAIRS = 10
NETWORK_FIELDS = ("initialisation", "weights", "start_from", *INPUT_SETTINGS)
TOLD_FIELDS = ("model", "strategy", "trainable")  # elsewhere in the report
LISTED_CLASSES = 100  # with more, only the worst are listed

END_TEXTS = {
    RunEndReason.FINISHED: QT_TRANSLATE_NOOP("core", "Trained for all its epochs"),
    RunEndReason.EARLY: QT_TRANSLATE_NOOP(
        "core", "Ended early, as validation did not become better"
    ),
    RunEndReason.STOPPED: QT_TRANSLATE_NOOP("core", "Stopped by a person"),
    RunEndReason.FAILED: QT_TRANSLATE_NOOP("core", "Failed; what was learned before is kept"),
}


@dataclass(frozen=True)
class Extras:
    """What a report shows where it is at hand.

    Attributes:
        script: the run as a PyTorch script; empty without its dataset.
        explain: from a prediction to a JPEG that shows what spoke for it; None where it cannot be.
        lookalikes: validation images that are also among those of training; None where nobody
            looked.
        temperature: that the probabilities were softened with; 1 leaves them alone.
    """

    script: str = ""
    explain: Callable[[PredictionRecord], bytes] | None = None
    lookalikes: Collection[ImageRef] | None = None
    temperature: float = 1.0


def write_report(
    run: KeptRun, path: Path, *, language: str = "en", extras: Extras | None = None
) -> Path:
    """Write the report of a run, whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    atomic_write(path, report_html(run, language=language, extras=extras))
    return path


def report_html(run: KeptRun, *, language: str = "en", extras: Extras | None = None) -> str:
    """The report of a run as one HTML document; images that are gone are named without a picture.

    Args:
        language: ``en`` or ``ko``.
    """
    from jinja2 import Environment, StrictUndefined

    extras = extras or Extras()
    report = _Report(run, Translations.of(language), extras)
    template = (resources_dir() / "report" / TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template).render(**report.values())


class _Report:
    """Turns a run into the values of the template."""

    def __init__(self, run: KeptRun, tr: Translations, extras: Extras) -> None:
        self._run = run
        self._record = run.record
        self._tr = tr
        self._extras = extras
        self._predictions = run.record.shown_predictions.predictions
        self._classes = run.record.classes
        self._scores = scores(self._predictions, self._classes, lookalikes=extras.lookalikes)

    def values(self) -> dict[str, object]:
        created = datetime.fromtimestamp(self._run.entry.created)
        sections = (
            self._data(),
            self._network(),
            self._what_trained(),
            self._curves(),
            self._confusion(),
            self._per_class(),
            self._calibration(),
            self._images(),
            self._settings(),
            self._environment(),
            self._repeat(),
        )
        tr = self._tr
        return {
            "language": tr.language,
            "name": self._run.entry.name or self._run.entry.id,
            "made": f"{self._run.entry.dataset} · {created:%Y-%m-%d %H:%M}",
            "headline": self._headline(),
            "remarks": self._remarks(),
            "sections": [section for section in sections if section is not None],
            "footer": tr(
                QT_TRANSLATE_NOOP("core", "Written by TLStudio {version}; no network was used."),
                version=tlstudio.__version__,
            ),
        }

    # What is said first

    def _headline(self) -> str:
        best = self._record.best
        if self._scores.accuracy.images:
            return self._note(self._scores.headline(Split.VAL))
        if best is not None and best.val_accuracy is not None:
            return self._tr(
                QT_TRANSLATE_NOOP("core", "Validation accuracy {accuracy}"),
                accuracy=_percent(best.val_accuracy),
            )
        return self._tr(QT_TRANSLATE_NOOP("core", "There were no validation images."))

    def _remarks(self) -> list[str]:
        tr, record = self._tr, self._record
        remarks = []
        if apart := self._scores.headline_apart():
            remarks.append(self._note(apart))
        if record.best is not None:
            remarks.append(
                tr(
                    QT_TRANSLATE_NOOP(
                        "core",
                        "The weights are those of epoch {epoch} of {epochs}, which was the best on "
                        "these very images; on new ones expect a little less.",
                    ),
                    epoch=record.best.epoch,
                    epochs=len(record.history.epochs),
                )
            )
        if record.end is not None:
            end = tr(END_TEXTS[record.end.reason])
            remarks.append(f"{end} · {self._duration(record.elapsed_s)}")
        if self._run.entry.marks.note:
            remarks.append(self._run.entry.marks.note)
        return remarks

    # Sections

    def _data(self) -> Section:
        tr, entry, split = self._tr, self._run.entry, self._run.split or {}
        counts = _split_counts(split)
        shown = [part for part in Split if any(counts.get(part, {}).values())]
        rows = [
            [Cell(name), *(Cell(str(counts[part].get(number, 0))) for part in shown)]
            for number, name in enumerate(self._classes)
        ]
        if len(rows) > LISTED_CLASSES:
            rows = []
        total = [
            Cell(tr(QT_TRANSLATE_NOOP("core", "All {count} classes"), count=len(self._classes)))
        ]
        total += [Cell(str(sum(counts[part].values()))) for part in shown]
        head = [
            tr(QT_TRANSLATE_NOOP("core", "Class")),
            *(tr(SPLIT_TITLES[part]) for part in shown),
        ]
        facts = [
            (tr(QT_TRANSLATE_NOOP("core", "Dataset")), entry.dataset),
            (tr(QT_TRANSLATE_NOOP("core", "Folder")), str(split.get("root", entry.root))),
            (tr(QT_TRANSLATE_NOOP("core", "Fingerprint")), entry.fingerprint),
        ]
        if (findings := split.get("findings")) is not None:
            named = [
                f"{tr(FINDING_KINDS[kind].title)}: {count}"
                for kind, count in findings.items()
                if kind in FINDING_KINDS
            ]
            title = QT_TRANSLATE_NOOP("core", "Open findings that change the result")
            facts.append((tr(title), ", ".join(named) or tr(QT_TRANSLATE_NOOP("core", "none"))))
        sentences = []
        if (config := self._run.split_config) is not None:
            sentences += [tr(note.sentence, **note.values) for note in config.told]
        if self._run.manifest:
            sentences.append(self._by_hand(self._run.manifest))
        if skipped := self._record.skipped:
            names = ", ".join(skip.path for skip in skipped[:5])
            sentences.append(
                tr(
                    QT_TRANSLATE_NOOP("core", "{count} images could not be read: {names}"),
                    count=len(skipped),
                    names=names + (" …" if len(skipped) > 5 else ""),
                )
            )
        return Section(
            tr(QT_TRANSLATE_NOOP("core", "Data and split")),
            sentences,
            facts,
            tables=[Table(head, [*rows, total])] if shown else (),
        )

    def _by_hand(self, manifest: Manifest) -> str:
        counts = (
            (manifest.left_out, QT_TRANSLATE_NOOP("core", "{count} images left out")),
            (manifest.moved, QT_TRANSLATE_NOOP("core", "{count} moved to another class")),
            (manifest.splits, QT_TRANSLATE_NOOP("core", "{count} placed in a split")),
            (manifest.groups, QT_TRANSLATE_NOOP("core", "{count} grouped")),
        )
        parts = [self._tr(sentence, count=len(keys)) for keys, sentence in counts if keys]
        what = ", ".join(parts) or self._tr(QT_TRANSLATE_NOOP("core", "findings accepted"))
        return self._tr(QT_TRANSLATE_NOOP("core", "Changed by hand: {what}."), what=what)

    def _network(self) -> Section:
        tr, config, record = self._tr, self._config, self._record
        facts = [(tr(QT_TRANSLATE_NOOP("core", "Model")), self._run.entry.model)]
        if record.total_parameters:
            parameters = f"{record.total_parameters:,}"
            facts.append((tr(QT_TRANSLATE_NOOP("core", "Parameters")), parameters))
        if config is not None:
            facts += self._facts(spec for spec in FIELDS if spec.name in NETWORK_FIELDS)
        return Section(tr(QT_TRANSLATE_NOOP("core", "Network")), facts=facts)

    def _what_trained(self) -> Section | None:
        tr, settings, end = self._tr, self._record.settings, self._record.end
        if settings is None:
            return None
        facts = [
            (
                tr(QT_TRANSLATE_NOOP("core", "Strategy")),
                tr(STRATEGIES[settings.config.strategy].title),
            )
        ]
        tables = []
        if settings.plan is not None:
            total = settings.plan.total_parameters
            rows = [
                [
                    Cell(str(phase.first_epoch)),
                    Cell(f"{phase.trainable_parameters:,}"),
                    Cell(_percent(phase.trainable_parameters / total if total else 0)),
                    Cell(str(len(phase.rates))),
                ]
                for phase in settings.plan.phases
            ]
            head = [
                tr(QT_TRANSLATE_NOOP("core", "From epoch")),
                tr(QT_TRANSLATE_NOOP("core", "Parameters that train")),
                tr(QT_TRANSLATE_NOOP("core", "Share")),
                tr(QT_TRANSLATE_NOOP("core", "Layers")),
            ]
            tables.append(Table(head, rows))
        sentences = []
        if end is not None and end.proof is not None:
            frozen = end.proof.parameters + end.proof.buffers
            if not end.proof.holds:
                sentences.append(
                    tr(
                        QT_TRANSLATE_NOOP("core", "Frozen tensors changed: {names}"),
                        names=", ".join(end.proof.changed),
                    )
                )
            elif frozen:
                sentences.append(
                    tr(
                        QT_TRANSLATE_NOOP(
                            "core",
                            "{count} frozen tensors are unchanged, bit for bit (SHA-256 {digest}).",
                        ),
                        count=frozen,
                        digest=end.proof.digest,
                    )
                )
        title = tr(QT_TRANSLATE_NOOP("core", "What trained"))
        return Section(title, sentences, facts, tables=tables)

    def _curves(self) -> Section | None:
        tr, epochs = self._tr, self._record.history.epochs
        if not epochs:
            return None
        charts = []
        for axis, title in (
            (Axis.ACCURACY, QT_TRANSLATE_NOOP("core", "Accuracy")),
            (Axis.LOSS, QT_TRANSLATE_NOOP("core", "Loss")),
            (Axis.LEARNING_RATE, QT_TRANSLATE_NOOP("core", "Learning rate")),
        ):
            metrics = [metric for metric in METRICS if metric.axis is axis]
            curves = [
                Curve(
                    tr(metric.title),
                    _colour(metric),
                    [epoch.metrics.get(metric.name) for epoch in epochs],
                )
                for metric in metrics
            ]
            if axis is Axis.LEARNING_RATE and len(set(curves[0].values)) == 1:
                continue  # the settings say it
            svg = line_chart(
                curves,
                tr(QT_TRANSLATE_NOOP("core", "Epoch")),
                is_fraction=axis is Axis.ACCURACY,
                is_log=axis is Axis.LEARNING_RATE,
            )
            if svg:
                legend = [
                    (curve.title, curve.colour)
                    for curve in curves
                    if any(value is not None for value in curve.values)
                ]
                charts.append(Chart(tr(title), _base64(svg.encode()), legend))
        return Section(tr(QT_TRANSLATE_NOOP("core", "Training")), charts=charts, starts_page=True)

    def _confusion(self) -> Section | None:
        tr = self._tr
        if not any(record.target is not None for record in self._predictions):
            return None
        matrix = ConfusionMatrix.of(self._predictions, self._classes)
        tables = []
        if len(self._classes) <= MATRIX_CLASSES:
            tables.append(self._matrix(matrix))
        pairs = [
            [
                Cell(f"{self._classes[pair.true]} → {self._classes[pair.predicted]}"),
                Cell(str(pair.count)),
            ]
            for pair in matrix.most_confused(CONFUSED_PAIRS)
        ]
        if pairs:
            head = [
                tr(QT_TRANSLATE_NOOP("core", "Most confused")),
                tr(QT_TRANSLATE_NOOP("core", "Images")),
            ]
            tables.append(Table(head, pairs))
        sentences = [] if pairs else [tr(QT_TRANSLATE_NOOP("core", "Not one image is confused."))]
        return Section(
            tr(QT_TRANSLATE_NOOP("core", "Confusion matrix (rows: true class, columns: answer)")),
            sentences,
            tables=tables,
        )

    def _matrix(self, matrix: ConfusionMatrix) -> Table:
        head = ["", *self._classes, self._tr(QT_TRANSLATE_NOOP("core", "Images"))]
        rows = []
        for true, name in enumerate(self._classes):
            counts = [int(value) for value in matrix.counts[true]]
            total = sum(counts)
            cells = [
                _shaded(count, count / total if total else 0.0, is_right=true == said)
                for said, count in enumerate(counts)
            ]
            rows.append([Cell(name), *cells, Cell(str(total))])
        return Table(head, rows, is_matrix=True)

    def _per_class(self) -> Section | None:
        tr, scores = self._tr, self._scores
        if not scores.accuracy.images:
            return None
        shown, sentences = scores.classes, []
        if len(shown) > LISTED_CLASSES:
            shown = tuple(sorted(shown, key=lambda one: one.f1 or 0.0)[:LISTED_CLASSES])
            sentences.append(
                tr(
                    QT_TRANSLATE_NOOP(
                        "core", "Of {total} classes the {count} with the lowest F1 are listed."
                    ),
                    total=len(scores.classes),
                    count=len(shown),
                )
            )
        head = [
            tr(QT_TRANSLATE_NOOP("core", "Class")),
            tr(QT_TRANSLATE_NOOP("core", "Precision")),
            tr(QT_TRANSLATE_NOOP("core", "Recall")),
            tr(QT_TRANSLATE_NOOP("core", "F1")),
            tr(QT_TRANSLATE_NOOP("core", "ROC-AUC")),
            tr(QT_TRANSLATE_NOOP("core", "Images")),
        ]
        sentences.append(tr(QT_TRANSLATE_NOOP("core", "In brackets: 95 % intervals, in per cent.")))
        facts = [
            (tr(title), _value(value))
            for title, value in (
                (QT_TRANSLATE_NOOP("core", "Balanced accuracy"), scores.balanced_accuracy),
                (QT_TRANSLATE_NOOP("core", "Macro F1"), scores.macro_f1),
                (QT_TRANSLATE_NOOP("core", "ROC-AUC (mean)"), scores.roc_auc),
                (QT_TRANSLATE_NOOP("core", "Average precision (mean)"), scores.average_precision),
            )
        ]
        for top in scores.top:
            title = tr(QT_TRANSLATE_NOOP("core", "Among the {k} most probable"), k=top.k)
            facts.append((title, _with_interval(top.share.value, top.share.interval)))
        rows = [self._class_row(one) for one in shown]
        return Section(
            tr(QT_TRANSLATE_NOOP("core", "Class by class")),
            sentences,
            facts,
            tables=[Table(head, rows)],
        )

    def _class_row(self, one: ClassScores) -> list[Cell]:
        return [
            Cell(one.name),
            Cell(_with_interval(one.precision.value, one.precision.interval)),
            Cell(_with_interval(one.recall.value, one.recall.interval)),
            Cell(_with_interval(one.f1, one.f1_interval)),
            Cell("–" if one.roc_auc is None else f"{one.roc_auc:.3f}"),
            Cell(str(one.support)),
        ]

    def _calibration(self) -> Section | None:
        tr, scores = self._tr, self._scores
        if scores.ece is None or scores.confidence is None or scores.accuracy.value is None:
            return None
        surer = scores.confidence - scores.accuracy.value
        if abs(surer) < 0.005:
            sentence = QT_TRANSLATE_NOOP(
                "core", "The network is as sure as it is right: {sure} on average."
            )
        elif surer > 0:
            sentence = QT_TRANSLATE_NOOP(
                "core",
                "On average the network is {sure} sure and right in {right} of the images: it "
                "trusts itself too much.",
            )
        else:
            sentence = QT_TRANSLATE_NOOP(
                "core",
                "On average the network is {sure} sure and right in {right} of the images: it "
                "trusts itself too little.",
            )
        said = tr(sentence, sure=_percent(scores.confidence), right=_value(scores.accuracy.value))
        facts = [
            (tr(QT_TRANSLATE_NOOP("core", "Expected calibration error (ECE)")), f"{scores.ece:.3f}")
        ]
        if scores.log_loss is not None:
            facts.append((tr(QT_TRANSLATE_NOOP("core", "Log loss")), f"{scores.log_loss:.3f}"))
        if self._extras.temperature != 1.0:
            title = tr(QT_TRANSLATE_NOOP("core", "Temperature"))
            facts.append((title, f"{self._extras.temperature:.2f}"))
        x_title = tr(QT_TRANSLATE_NOOP("core", "Probability of the answer"))
        svg = reliability_chart(scores.bins, x_title)
        title = tr(
            QT_TRANSLATE_NOOP("core", "Share of right answers; above the bars the number of images")
        )
        return Section(
            tr(QT_TRANSLATE_NOOP("core", "Calibration")),
            [said],
            facts,
            charts=[Chart(title, _base64(svg.encode()))],
        )

    def _images(self) -> Section | None:
        tr = self._tr
        strips = []
        for order, title in (
            (GalleryOrder.MOST_SURE_WRONG, QT_TRANSLATE_NOOP("core", "Most sure and wrong")),
            (GalleryOrder.MOST_SURE_RIGHT, QT_TRANSLATE_NOOP("core", "Most sure and right")),
            (GalleryOrder.LEAST_SURE, QT_TRANSLATE_NOOP("core", "Least sure")),
        ):
            shown = arrange(self._predictions, order)[:PICTURES]
            if shown:
                strips.append(Strip(tr(title), [self._picture(record) for record in shown]))
        if self._extras.explain is not None:
            strips.append(self._explained(self._extras.explain))
        strips = [strip for strip in strips if strip.items]
        if not strips:
            return None
        heading = tr(QT_TRANSLATE_NOOP("core", "Image by image"))
        return Section(heading, pictures=strips, starts_page=True)

    def _explained(self, explain: Callable[[PredictionRecord], bytes]) -> Strip:
        """The surest mistakes with what spoke for them; without any, the surest answers."""
        wrong = arrange(self._predictions, GalleryOrder.MOST_SURE_WRONG)
        shown = (wrong or arrange(self._predictions, GalleryOrder.MOST_SURE_RIGHT))[:5]
        items = []
        for record in shown:
            with suppress(TLStudioError):
                items.append(self._picture(record, explain(record)))
        title = self._tr(QT_TRANSLATE_NOOP("core", "What spoke for these answers (Grad-CAM)"))
        return Strip(title, items)

    def _picture(self, record: PredictionRecord, jpeg: bytes | None = None) -> Picture:
        said = f"{self._classes[record.predicted]} {_percent(record.confidence)}"
        truth = ""
        if record.target is not None:
            truth = self._tr(
                QT_TRANSLATE_NOOP("core", "actual: {name}"), name=self._classes[record.target]
            )
        data = jpeg if jpeg is not None else _thumbnail(record.image)
        return Picture(record.image.name, said, truth, _base64(data))

    def _settings(self) -> Section | None:
        tr = self._tr
        if self._config is None:
            return None
        others = (spec for spec in FIELDS if spec.name not in (*NETWORK_FIELDS, *TOLD_FIELDS))
        return Section(
            tr(QT_TRANSLATE_NOOP("core", "Settings")),
            [tr(QT_TRANSLATE_NOOP("core", "What is off, or left to the studio, is not listed."))],
            self._facts(others),
        )

    def _environment(self) -> Section:
        facts = list(self._run.environment.items())
        return Section(self._tr(QT_TRANSLATE_NOOP("core", "Environment")), facts=facts)

    def _repeat(self) -> Section | None:
        tr, config, split = self._tr, self._config, self._run.split or {}
        if config is None:
            return None
        words = ["tlstudio-cli", "train", str(split.get("root", self._run.entry.root))]
        words += flags_of(config)
        if (chosen := self._run.split_config) is not None:
            words += chosen.flags
            words[1] = "cross-validate" if chosen.folds else words[1]
        code = [Code(shlex.join(words))]
        if self._extras.script:
            title = tr(QT_TRANSLATE_NOOP("core", "The same as a PyTorch script, without TLStudio"))
            code.append(Code(self._extras.script, title))
        sentence = tr(
            QT_TRANSLATE_NOOP(
                "core",
                "On the CPU the same line on the same images gives the same numbers, with the same "
                "versions on the same kind of processor.",
            )
        )
        return Section(tr(QT_TRANSLATE_NOOP("core", "How to repeat it")), [sentence], code=code)

    # Details

    def _note(self, note: Note) -> str:
        return self._tr(note.sentence, **note.values)

    @property
    def _config(self) -> RunConfig | None:
        settings = self._record.settings
        return settings.config if settings is not None else None

    def _duration(self, seconds: float) -> str:
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        if hours:
            text = QT_TRANSLATE_NOOP("core", "{hours} h {minutes} min")
        elif minutes:
            text = QT_TRANSLATE_NOOP("core", "{minutes} min {seconds} s")
        else:
            text = QT_TRANSLATE_NOOP("core", "{seconds} s")
        return self._tr(text, hours=hours, minutes=minutes, seconds=rest)

    def _facts(self, specs: Iterable[FieldSpec]) -> list[tuple[str, str]]:
        """Settings that have a say in the run; a zero that is none (0 px, no decay) has not."""
        tr, config, facts = self._tr, self._config, []
        assert config is not None
        for spec in specs:
            value = getattr(config, spec.name)
            is_off = not value and not spec.default and spec.name != "seed"
            if is_off or not spec.is_relevant(config):
                continue
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            shown = tr((spec.text.choices or {}).get(value, shown))
            unit = f" {tr(spec.text.unit)}" if spec.text.unit and value != 1 else ""
            facts.append((tr(spec.text.title), f"{shown}{unit}"))
        return facts


def _split_counts(split: Mapping[str, Any]) -> dict[Split, dict[int, int]]:
    counts: dict[Split, dict[int, int]] = {part: {} for part in Split}
    for part, samples in split.get("samples", {}).items():
        for _, number in samples:
            counts[Split(part)][number] = counts[Split(part)].get(number, 0) + 1
    return counts


def _colour(metric: Metric) -> str:
    return TRAIN_COLOUR if metric.split is Split.TRAIN else VAL_COLOUR if metric.split else GREY


def _shaded(count: int, share: float, *, is_right: bool) -> Cell:
    """A cell of the matrix: blue where it is right, orange where it is not, by its share."""
    if not count:
        return Cell("·", ink="#999999")
    full = (0, 114, 178) if is_right else (194, 84, 10)
    strength = 0.15 + 0.85 * share
    red, green, blue = (round(255 - (255 - part) * strength) for part in full)
    ink = "#ffffff" if strength > 0.55 else "#1c1c1c"
    return Cell(str(count), f"#{red:02x}{green:02x}{blue:02x}", ink)


def _thumbnail(image: ImageRef) -> bytes:
    """A small picture; empty where the image is gone or cannot be read."""
    from tlstudio.engine.data.images import thumbnail

    try:
        return jpeg(thumbnail(image, PICTURE_PX))
    except ImageError:
        return b""


def jpeg(pixels: np.ndarray[Any, Any]) -> bytes:
    """Pixels as a small JPEG: uint8 ``[H, W, 3]``."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=82)
    return file.getvalue()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"


def _value(fraction: float | None) -> str:
    return "–" if fraction is None else _percent(fraction)


def _with_interval(fraction: float | None, interval: Interval | None) -> str:
    """A share in per cent with its interval in brackets, as in the headline."""
    if fraction is None or interval is None:
        return "–"
    return f"{_percent(fraction)} ({100 * interval.low:.0f}–{100 * interval.high:.0f})"
