"""The events of a run as lines, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import assert_never

from tlstudio.cli.output import Output, duration, metric, percent, some_of
from tlstudio.core.data.dataset import DatasetIndex, ExcludedFile, Split
from tlstudio.core.data.manifest import BY_FINDING, BY_HAND, Manifest
from tlstudio.core.data.options import COLUMN_A_CLASS, NO_COLUMN, TableReading
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    FeaturesProgressed,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunNotKept,
    RunStarted,
    SampleSkipped,
    StopToken,
)
from tlstudio.core.runs.execution import TORCH, ExecutionRecord, FeatureUse
from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.core.runs.metrics import METRICS, Unit
from tlstudio.core.runs.record import RunRecord

_NAMED_OTHERS = 3
_NAMED_FILES = 20  # of each reason why files are left out


def print_dataset(index: DatasetIndex, output: Output) -> None:
    """Print what was found in the folder, its classes by name; warnings go to stderr."""
    counts = {split: len(samples) for split, samples in index.by_split.items()}
    parts = ", ".join(f"{counts[split]} {split.value}" for split in Split if counts[split])
    output.line(f"{index.name}: {len(index.classes)} classes, {parts} images")
    print_classes(index, output)
    if index.table is not None:
        output.line(columns_line(index.table))
    for warning in index.warnings:
        output.note(f"tlstudio: {warning}")
    by_reason: dict[str, list[ExcludedFile]] = {}
    for file in index.excluded:
        if file.reason not in (BY_HAND, BY_FINDING):
            by_reason.setdefault(file.reason, []).append(file)
    for reason, files in by_reason.items():
        for file in files[:_NAMED_FILES]:
            output.note(f"tlstudio: {file.image}: {reason}")
        if len(files) > _NAMED_FILES:
            output.note(f"tlstudio: … and {len(files) - _NAMED_FILES:,} more files: {reason}")
    _print_other_files(index, output)
    if index.manifest:
        output.note(manifest_line(index.manifest))


def print_leaks(index: DatasetIndex, output: Output, stop: StopToken) -> None:
    """Warn of validation images that training sees as well, file for file; says nothing else.

    Copies that were saved anew or cropped, and those in the test split, at which nothing looks
    before it is asked to, take the whole health check (`tlstudio check`).
    """
    from tlstudio.engine.understanding.lookalikes import find_lookalikes

    validation, training = index.by_split[Split.VAL], index.by_split[Split.TRAIN]
    copies = find_lookalikes((s.image for s in validation), (s.image for s in training), stop)
    if copies:
        output.note(
            f"tlstudio: {len(copies):,} of {len(validation):,} validation images are copies of "
            "training images, so the accuracy will be too good. Which they are: "
            f"tlstudio check {index.root}"
        )


def _print_other_files(index: DatasetIndex, output: Output) -> None:
    """Files that are no images: how many, with a few names; one line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for file in index.other_files:
        by_reason.setdefault(file.reason, []).append(index.key_of(file.image))
    for reason, names in by_reason.items():
        more = ", …" if len(names) > _NAMED_OTHERS else ""
        some = ", ".join(names[:_NAMED_OTHERS])
        output.note(f"tlstudio: not used: {len(names):,} ({some}{more}): {reason}")


def columns_line(table: TableReading) -> str:
    """How a table was read, e.g. ``list.csv: image “path”, class “label”``."""
    chosen = table.chosen
    rows = (
        ("image", chosen.image_column),
        ("class", chosen.class_column),
        ("split", chosen.split_column),
        ("group", chosen.group_column),
    )
    parts = [
        f"{what} by a column each" if column == COLUMN_A_CLASS else f"{what} “{column}”"
        for what, column in rows
        if column != NO_COLUMN
    ]
    return f"{table.name}: {', '.join(parts)}"


def manifest_line(manifest: Manifest) -> str:
    """What was changed by hand, e.g. ``manifest: 3 left out, 2 moved``."""
    counts = (
        (len(manifest.left_out), "left out"),
        (len(manifest.moved), "moved"),
        (len(manifest.splits), "placed in a split"),
        (len(manifest.groups), "grouped"),
        (len(manifest.accepted), "findings accepted"),
    )
    parts = [f"{count:,} {what}" for count, what in counts if count]
    return f"manifest: {', '.join(parts) or 'no changes'}"


def print_classes(index: DatasetIndex, output: Output) -> None:
    """Print the class names: a folder that was read wrongly shows it there first."""
    output.line(f"Classes: {some_of(index.classes)}")


def print_event(event: RunEvent, output: Output) -> None:
    """Print `event`, all but the last one: for that there is `print_end`."""
    match event:
        case RunStarted():
            output.record(event="run_started", **asdict(event))
            output.line(
                f"{event.model} on {event.device}: {event.trainable_parameters:,} of "
                f"{event.total_parameters:,} parameters train, {event.epochs} epochs"
            )
            output.line(_execution(event.execution))
        case PhaseStarted():
            output.record(event="phase_started", **asdict(event))
            output.line(
                f"from epoch {event.epoch} on {event.trainable_parameters:,} parameters train; "
                f"{_execution(event.execution)}"
            )
        case FeaturesProgressed():
            output.progress(
                f"epoch {event.epoch} features {event.done}/{event.total} "
                f"({event.from_cache} from cache)  {event.images_per_s:.0f} images/s  "
                f"{event.progress * 100:.0f} %"
            )
        case BatchEnded():
            left = "" if event.remaining_s is None else f", {duration(event.remaining_s)} left"
            output.progress(
                f"epoch {event.epoch} {event.part.value} {event.batch}/{event.batches}  "
                f"loss {event.loss:.3f}  {event.images_per_s:.0f} images/s  "
                f"{event.progress * 100:.0f} %{left}"
            )
        case EpochEnded():
            _print_epoch(event, output)
        case PredictionsReady():
            pass  # the weights file and `predict` tell as much
        case SampleSkipped():
            output.record(event="sample_skipped", **asdict(event))
            output.note(f"tlstudio: {event.path}: {event.reason}")
        case RunNotKept():
            output.record(event="run_not_kept", sentence=str(event.error))
            output.error(event.error)
        case RunEnded():
            pass  # see `print_end`: first the files are written
        case _:
            assert_never(event)


def print_study_epoch(event: RunEvent, output: Output, **about: int) -> None:
    """Print what one of the runs of a study says: its epochs, and how far it is.

    Args:
        event: that it told.
        output: where it is printed.
        about: which run it is, for programs.
    """
    if isinstance(event, EpochEnded):
        record = event.record
        output.record(event="epoch_ended", **about, **record.to_dict())
        output.line(
            f"  epoch {record.epoch:3}  train {percent(record.train_accuracy):>7}  "
            f"val {percent(record.val_accuracy):>7}  {record.elapsed_s:.1f} s"
        )
    elif isinstance(event, BatchEnded | FeaturesProgressed):
        output.progress(f"  epoch {event.epoch}  {event.progress * 100:.0f} % of this run")
    elif isinstance(event, SampleSkipped):
        output.note(f"tlstudio: {event.path}: {event.reason}")


def _execution(record: ExecutionRecord) -> str:
    """Describe how the run is carried out, in a line."""
    after = f" after {', '.join(record.boundary)}" if record.boundary else ""
    match record.features:
        case FeatureUse.NONE:
            way = "every layer runs for every image"
        case FeatureUse.LIVE:
            way = f"frozen layers run for new views in every epoch, cut{after}"
        case FeatureUse.CACHED:
            views = "1 view" if record.views == 1 else f"{record.views} views"
            place = "on disk" if record.on_disk else "in memory"
            way = f"frozen layers run once for {views} an image, kept {place}, cut{after}"
        case _:
            assert_never(record.features)
    by = f"; frozen layers by {record.engine}" if record.engine != TORCH else ""
    not_by = f"; not by {', '.join(record.refused)}, whose numbers differ" if record.refused else ""
    return f"{record.precision}{by}{not_by}; {way}"


def _print_epoch(event: EpochEnded, output: Output) -> None:
    record = event.record
    said = record.to_dict()
    said["lr"] = said.pop("learning_rate")
    output.record(event="epoch_ended", **said, is_best=event.is_best)
    parts = [f"epoch {record.epoch:3}"]
    for split in (Split.TRAIN, Split.VAL):
        rows = [row for row in METRICS if row.split is split and row.name in record.metrics]
        values = [metric(record.metrics[row.name], row.unit) for row in rows]
        names = [row.name.removeprefix(f"{split.value}_") for row in rows]
        measured = [f"{name} {value}" for name, value in zip(names, values, strict=True)]
        parts += [f"{split.value} {' '.join(measured)}"] if measured else []
    parts += [f"lr {metric(record.learning_rate, Unit.RATE)}", f"{record.elapsed_s:.1f} s"]
    output.line("  ".join([*parts, "best"] if event.is_best else parts))


def print_end(
    run: RunRecord, output: Output, *, weights: Path | None, error: TLStudioError | None
) -> None:
    """Print how a run ended.

    Args:
        weights: the file of its best weights; None where there is none.
        error: why it failed, or why its files could not be written.
    """
    assert run.end is not None
    best, proof, epochs = run.best, run.end.proof, len(run.history.epochs)
    values: dict[str, object] = {
        "reason": run.end.reason.value,
        "epochs": epochs,
        "best_epoch": best.epoch if best else None,
        "best_val_accuracy": best.val_accuracy if best else None,
        "elapsed_s": run.elapsed_s,
        "proof": run.to_values()["end"]["proof"],
        "run": run.run_id,
        "weights": None if weights is None else str(weights),
        "out": None if weights is None else str(weights.parent),
    }
    if error is not None:
        values["error"] = {"sentence": str(error), "hint": error.hint_text}
    output.record(event="run_ended", **values)
    word = {
        RunEndReason.FINISHED: "Finished",
        RunEndReason.EARLY: "Ended early, as validation did not become better,",
        RunEndReason.STOPPED: "Stopped",
        RunEndReason.FAILED: "Failed",
    }[run.end.reason]
    how_good = ""
    if best is not None and best.val_accuracy is not None:
        how_good = f", best val accuracy {percent(best.val_accuracy)} in epoch {best.epoch}"
    count = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    output.line(f"{word} after {count}, {duration(run.elapsed_s)}{how_good}")
    if proof is not None:
        _print_proof(proof, output)
    if weights is not None:
        output.line(f"Run {run.run_id}")
        output.line(f"Weights: {weights}")


def _print_proof(proof: FreezeProof, output: Output) -> None:
    """Whether the plan was kept; what froze nothing needs no proof."""
    frozen = proof.parameters + proof.buffers
    if not proof.holds:
        output.note(f"tlstudio: frozen tensors changed: {', '.join(proof.changed)}")
    elif not frozen and proof.released:
        output.line(f"Frozen: {proof.released} tensors unchanged until they began to train")
    elif frozen:
        output.line(f"Frozen: {frozen} tensors unchanged, SHA-256 {proof.digest[:16]}…")
