"""Layer tables as values: sums, shares, and what a copy of them looks like."""

from __future__ import annotations

import csv

import pytest

from tlstudio.core.networks.layer_table import FieldNote, LayerRecord, LayerTable, Window

CONV = LayerRecord(
    path="body.conv",
    kind="Conv2d",
    window=Window((3, 1), (2, 2), ((0, 1), (0, 0)), (1, 1), groups=2),
    output_shape=(8, 7, 7),
    own_parameters=1200,
    parameters=1200,
    own_multiply_adds=3_000_000,
    multiply_adds=3_000_000,
    receptive_field_px=3,
    field_note=FieldNote.NO_NOTE,
    calls=1,
)
POOL = LayerRecord("body.pool", "Pool", None, (8, 1, 1), 0, 0, 0, 0, 32, FieldNote.WHOLE, 1)
BODY = LayerRecord(
    "body", "Body", None, (8, 1, 1), 0, 1200, 0, 3_000_000, 32, FieldNote.WHOLE, 1, (CONV, POOL)
)
IDLE = LayerRecord("idle", "Linear", None, (), 400, 400, 0, 0, None, FieldNote.NOT_RUN, 0)
ROOT = LayerRecord(
    "", "Net", None, (8,), 0, 1600, 1_000_000, 4_000_000, 32, FieldNote.WHOLE, 1, (BODY, IDLE)
)
TABLE = LayerTable(ROOT, 32, 3)


def test_rows_are_all_modules_in_order_and_shares_are_of_the_totals() -> None:
    assert [row.path for row in TABLE.rows] == ["body", "body.conv", "body.pool", "idle"]
    assert TABLE.parameters == 1600
    assert TABLE.parameter_share(IDLE) == 0.25
    assert TABLE.multiply_add_share(BODY) == 0.75
    assert CONV.name == "conv"
    assert (CONV.field_text, IDLE.field_text) == ("3", "–")


def test_windows_are_short_where_axes_agree() -> None:
    assert CONV.window is not None
    assert CONV.window.kernel_text == "3×1"
    assert CONV.window.stride_text == "2"
    assert CONV.window.padding_text == "0/1×0"
    assert Window((5, 5), (1, 1), ((2, 2), (2, 2)), (1, 1)).padding_text == "2"


def test_csv_has_whole_numbers_and_every_column() -> None:
    rows = list(csv.DictReader(TABLE.to_csv().splitlines()))
    assert [row["path"] for row in rows] == ["body", "body.conv", "body.pool", "idle"]
    body, conv, pool, idle = rows
    assert (body["is_container"], conv["is_container"]) == ("True", "False")
    assert (conv["kernel"], conv["groups"], conv["output"]) == ("3x1", "2", "8x7x7")
    assert (conv["parameters"], conv["multiply_adds"]) == ("1200", "3000000")
    assert float(conv["multiply_add_share"]) == 0.75
    assert (pool["receptive_field_px"], pool["receptive_field_note"]) == ("32", "whole_image")
    assert (idle["receptive_field_px"], idle["receptive_field_note"]) == ("", "not_run")
    assert len(list(csv.DictReader(TABLE.to_csv([CONV]).splitlines()))) == 1


def test_markdown_is_a_table_with_totals() -> None:
    lines = TABLE.to_markdown([BODY, IDLE]).splitlines()
    assert len(lines) == 5
    assert {line.count("|") for line in lines} == {12}
    assert lines[2] == (
        "| `body` | Body |  |  |  | 8×1×1 | 1,200 | 3,000,000 | 32 | 75.0% | 75.0% |"
    )
    assert "**1,600**" in lines[-1]
    assert "**4,000,000**" in lines[-1]


def test_a_network_without_parameters_has_no_shares() -> None:
    table = LayerTable(POOL, 32, 3)
    assert table.parameter_share(POOL) == table.multiply_add_share(POOL) == 0.0


@pytest.mark.parametrize("record", [CONV, POOL, IDLE])
def test_dicts_and_csv_have_the_same_columns(record: LayerRecord) -> None:
    (row,) = TABLE.to_dicts([record])
    assert list(row) == TABLE.to_csv([record]).splitlines()[0].split(",")
