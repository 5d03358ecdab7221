"""`layers`: what is inside a network, layer by layer, and what it costs."""

from __future__ import annotations

import argparse

from tlstudio.cli.command import Command
from tlstudio.cli.config_flags import number_of
from tlstudio.cli.output import Output
from tlstudio.core.networks.layer_table import FieldNote, LayerRecord, LayerTable

_WHOLE = "image"
_HEADER = (
    *("layer", "type", "kernel", "stride", "padding", "output"),
    *("parameters", "multiply-adds", "field px", "share"),
)
_WORDS = 2  # columns at the left edge; the others are numbers


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a name of the catalog, e.g. resnet18")
    parser.add_argument(
        "--classes", metavar="N", help="outputs of its head; those of its paper if not given"
    )
    parser.add_argument(
        "--size", default="0", metavar="PX", help="side of the image; its own if not given"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="a table for a README")
    form.add_argument("--csv", action="store_true", help="comma-separated values, every column")
    form.add_argument(
        "--json", action="store_true", help="one JSON object a line and nothing else on stdout"
    )


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.core.networks.build_config import BuildConfig
    from tlstudio.engine.inspection.layer_table import catalog_layer_table
    from tlstudio.engine.models.catalog import get_model

    wanted = arguments.classes or str(get_model(arguments.model).num_classes)
    classes = int(number_of(wanted, "--classes", is_integer=True))
    side = int(number_of(arguments.size, "--size", is_integer=True))
    table = catalog_layer_table(arguments.model, classes, BuildConfig(image_px=side))
    for row in table.to_dicts():
        output.record(**row)
    if arguments.markdown or arguments.csv:
        text = table.to_markdown() if arguments.markdown else table.to_csv()
        for line in text.splitlines():
            output.line(line)
    else:
        _print_table(table, output)
    return 0


def _print_table(table: LayerTable, output: Output) -> None:
    rows = [_HEADER, *(_cells(table, record) for record in table.rows)]
    rows.append(("total", *_cells(table, table.root)[1:]))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        words = [cell.ljust(width) for cell, width in zip(row[:_WORDS], widths, strict=False)]
        numbers = zip(row[_WORDS:], widths[_WORDS:], strict=True)
        output.line("  ".join([*words, *(cell.rjust(width) for cell, width in numbers)]))


def _cells(table: LayerTable, record: LayerRecord) -> tuple[str, ...]:
    is_whole = record.field_note is FieldNote.WHOLE
    return (
        "  " * record.path.count(".") + record.name,
        *record.fact_cells,
        _WHOLE if is_whole else record.field_text,
        f"{100 * table.multiply_add_share(record):.1f} %",
    )


COMMAND = Command("layers", "Show the layers of a network, and their cost.", _add_arguments, _run)
