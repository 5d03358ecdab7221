"""`advise`: which layers to train and how, with the evidence for it."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.output import Output, percent
from tlstudio.cli.preset import look_at
from tlstudio.core.advice import TOPIC_TITLES, Advice, AdviceFacts, advise
from tlstudio.core.advice.advice import DataFacts
from tlstudio.core.advice.evidence import EvidenceMeasured, EvidenceRecord, StageEvidence
from tlstudio.core.advice.presets import CHOSEN, Preset
from tlstudio.core.config import FIELD_BY_NAME, RunConfig
from tlstudio.core.config.command_line import flag
from tlstudio.core.errors import DatasetError
from tlstudio.core.networks.build_config import build_config
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.core.texts import Sentence

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.networks.catalog import ModelSpec

_HEADER = ("stage", "features", "parameters", "probe", "95% interval", "k-NN", "gradient/weights")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument(
        "--no-measuring",
        action="store_true",
        help="go by the number of images alone, without looking at them",
    )
    add_json_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    config = config_of(arguments)
    with ctrl_c_stops(output) as stop:
        from tlstudio.engine.models.catalog import get_model
        from tlstudio.engine.models.tree import layer_tree

        index = open_data(arguments, output, stop)
        spec = get_model(config.model)
        tree = layer_tree(spec.name, len(index.classes), build_config(config, spec))
        record = None if arguments.no_measuring else _evidence(config, spec, index, stop, output)
        if stop.stopped:
            raise KeyboardInterrupt
        images = look_at(index)
    facts = AdviceFacts.of(
        config, tree, index, has_weights=bool(spec.weights), images=images, evidence=record
    )
    advice = advise(facts)
    command = train_command(arguments.data, config, advice, facts.data)
    if record is not None:
        _print_evidence(record, output)
    _print_advice(advice, command, output)
    return 0


def _evidence(
    config: RunConfig, spec: ModelSpec, index: DatasetIndex, stop: StopToken, output: Output
) -> EvidenceRecord | None:
    """Measure the evidence; None without weights or with too few images."""
    from tlstudio.engine.advice.measure import measure_evidence

    if not spec.weights:
        return None
    try:
        for event in measure_evidence(config, index, stop):
            if isinstance(event, EvidenceMeasured):
                return event.record
            if isinstance(event, SampleSkipped):
                output.note(f"tlstudio: Left out {event.path}: {event.reason}")
            else:
                output.progress(f"measuring {event.progress * 100:.0f} % {event.stage}")
    except DatasetError as error:
        output.error(error)  # advice without evidence is better than none
    return None


def train_command(path: Path, config: RunConfig, advice: Advice, data: DataFacts) -> str:
    """The command line that trains as advised, with what is not the default there anyway."""
    wanted, default = config.changed(**advice.settings), RunConfig()
    usual = Preset(data=data).propose(wanted).config
    words = ["tlstudio-cli", "train", str(path)]
    implied = {"initialisation"} if wanted.strategy == "from_scratch" else set()
    for name in FIELD_BY_NAME:
        value = getattr(wanted, name)
        if value == getattr(default if name in CHOSEN else usual, name) or name in implied:
            continue
        values = value if isinstance(value, tuple) else (value,)
        words += [flag(name), *(f"{v:g}" if isinstance(v, float) else str(v) for v in values)]
    return shlex.join(words)


def _print_evidence(record: EvidenceRecord, output: Output) -> None:
    for row in (record.pixels, *record.rows):
        values = {name: value for name, value in asdict(row).items() if name != "answers"}
        low, accuracy, high = row.interval or (None, None, None)
        output.record(
            event="stage", **values, probe_accuracy=accuracy, probe_low=low, probe_high=high
        )
    if output.as_json:
        return
    lines = [_HEADER, *(_cells(record, row) for row in (record.pixels, *record.rows))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        numbers = zip(line[1:], widths[1:], strict=True)
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in numbers)]
        output.line("  ".join(cells))
    output.line()


def _cells(record: EvidenceRecord, row: StageEvidence) -> tuple[str, ...]:
    names = {"": "(raw pixels)", record.head.path: f"{row.path} (its input)"}
    interval = row.interval
    return (
        names.get(row.path, row.path),
        f"{row.features:,}",
        f"{row.parameters:,}",
        percent(row.probe_accuracy),
        f"{100 * interval[0]:.1f} to {100 * interval[2]:.1f}" if interval else "–",
        percent(row.knn_accuracy),
        f"{row.gradient_ratio:.2g}" if row.gradient_ratio is not None else "–",
    )


def _print_advice(advice: Advice, command: str, output: Output) -> None:
    output.record(
        event="advice",
        case=str(advice.case),
        headline=str(advice.headline),
        similarity=advice.similarity,
        settings=advice.settings,
        items=[
            {
                "topic": str(item.topic),
                "statement": str(item.statement),
                "reasons": [str(reason) for reason in item.reasons],
            }
            for item in advice.items
        ],
        command=command,
    )
    output.line(str(advice.headline))
    topic: Sentence | None = None
    for item in advice.items:
        title = TOPIC_TITLES[item.topic]
        if title != topic:
            output.line()
            output.line(title)
        topic = title
        output.line(f"  {item.statement}")
        for reason in item.reasons:
            output.line(f"    – {reason}")
    output.line()
    output.line(command)


COMMAND = Command("advise", "Say which layers to train and how, and why.", _add_arguments, _run)
