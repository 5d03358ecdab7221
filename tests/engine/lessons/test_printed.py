"""The counted side of the papers' tables: it agrees, or the table says why not."""

from __future__ import annotations

import pytest

from tlstudio.core.lessons.papers import PAPERS, find_paper
from tlstudio.core.lessons.printed import Count, PaperTable, Printed, Quantity
from tlstudio.engine.lessons.printed import count, count_all, layer_connections
from tlstudio.engine.models.classic.lenet import C3_INPUTS

# Lines whose counts differ from the print; all others agree to the last printed digit.
DIFFER = {
    "lenet": {"LeNet-5 Connections"},
    "alexnet": {"conv1 Neurons"},
    "googlenet": {"AlexNet : GoogLeNet Parameters"},
    "resnet": {f"ResNet-{depth} Multiply-adds" for depth in (50, 101, 152)},
    "inception_v3": {"Inception v3 Multiply-adds", "Inception v3 Layers deep"},
    "squeezenet": {"AlexNet : SqueezeNet Parameters"},
}


@pytest.mark.parametrize("table", PAPERS, ids=lambda table: table.id)
def test_a_count_agrees_or_has_its_reason(table: PaperTable) -> None:
    values = count_all(table.counts)
    differ = [
        line
        for line in table.lines
        if line.count is not None and not line.printed.agrees(values[line.count])
    ]
    assert {f"{line.subject} {line.title}" for line in differ} == DIFFER.get(table.id, set())
    assert all(line.reason for line in differ)
    for line in table.lines:
        quoted = [printed.spelled(values[wanted]) for wanted, printed in line.quoted]
        assert line.reason.count("{") == len(quoted)
        assert "{" not in line.reason.format(*quoted)


def test_resnets_numbers_come_out_with_the_stride_where_the_paper_has_it() -> None:
    table = find_paper("resnet")
    assert table is not None
    deep = [line for line in table.lines if line.quoted and line.slide]
    assert [line.subject for line in deep] == ["ResNet-50", "ResNet-101", "ResNet-152"]
    for line in deep:
        assert line.count is not None
        assert line.printed.agrees(count(line.quoted[0][0]))
        assert Printed(line.slide).agrees(count(line.count))


def test_the_grid_of_googlenet() -> None:
    table = find_paper("googlenet")
    assert table is not None and table.grid is not None
    reasons = dict(table.grid.reasons)
    values = count_all(table.counts)
    for name, cells in table.grid.rows:
        assert len(cells) + 1 == len(table.grid.columns)
        far = [
            cell
            for cell in cells
            if cell.printed and cell.count and not cell.printed.nearly_agrees(values[cell.count])
        ]
        assert bool(far) == (name in reasons), name


def test_what_the_reasons_say_of_depths_and_of_googlenets_first_layer() -> None:
    """42 of Inception v3's layers lie in its modules; fewer weights fit GoogLeNet's first row."""
    stem = tuple(f"Conv2d_{name}" for name in ("1a_3x3", "2a_3x3", "2b_3x3", "3b_1x1", "4a_3x3"))
    before = Count("inception_v3", Quantity.CONVOLUTIONS, stem)
    linear = Count("inception_v3", Quantity.LINEARS)
    around = sum(value for value in count_all((before, linear)).values() if isinstance(value, int))
    depth = count(Count("inception_v3", Quantity.DEPTH))
    assert (around, depth) == (5 + 1, 6 + 42)
    for weights in (2 * 7 * 3 * 64, 7 * 7 * 3 * 8 + 3 * 8 * 64):
        assert Printed("2.7 K", 1024).agrees(weights)
        assert Printed("34 M").agrees(weights * 112 * 112)
    assert Printed("253,440").number == 55 * 48 * 96


@pytest.mark.parametrize(("groups", "agrees"), [(1, True), (2, True), (3, True), (4, 0), (8, 0)])
def test_shufflenets_numbers_are_without_the_last_layer(groups: int, agrees: bool) -> None:
    name = f"shufflenet_v1_g{groups}_x1_0"
    table = find_paper("shufflenet_v1")
    assert table is not None
    (line,) = (row for row in table.lines if row.count and row.count.network == name)
    assert line.printed.agrees(count(Count(name, Quantity.MULTIPLY_ADDS))) == agrees


def test_what_squeeze_and_excitation_adds_to_resnet_50() -> None:
    """Less than a thousandth by its layers; two with the product of each value and its factor."""
    plain, layers = (
        count(Count(name, Quantity.MULTIPLY_ADDS, stride_first=True))
        for name in ("resnet50", "se_resnet50")
    )
    blocks = ((3, 256, 56), (4, 512, 28), (6, 1024, 14), (3, 2048, 7))
    weighed = sum(number * maps * side**2 for number, maps, side in blocks)
    assert isinstance(plain, int) and isinstance(layers, int)
    assert layers / plain - 1 < 0.001
    assert (layers + weighed) / plain - 1 == pytest.approx(0.002, abs=0.0005)


def test_lenets_table_of_connections_is_the_networks_own() -> None:
    (table,) = (paper.connections for paper in PAPERS if paper.connections is not None)
    assert layer_connections(table.network, table.path) == C3_INPUTS


def test_connections_of_lenet() -> None:
    """Section II.B prints them layer by layer; they add up to what it prints in all."""
    printed = {"c1": 122_304, "s2": 5_880, "c3": 151_600, "s4": 2_000, "c5": 48_120, "f6": 10_164}
    for name, connections in printed.items():
        assert count(Count("lenet5", Quantity.CONNECTIONS, (name,), classes=10)) == connections
    assert sum(printed.values()) + 84 * 10 == 340_908
