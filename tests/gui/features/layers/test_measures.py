"""The column of measures: what stands beside a layer, a container and a stage."""

from __future__ import annotations

import math

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.evidence import make_record
from tests.gui.networks import small_tree
from tlstudio.core.strategies import PlanOptions, freeze_plan
from tlstudio.gui.features.layers.measures import (
    LayerMeasure,
    LayerMeasures,
    MeasureCell,
    MeasureFacts,
)
from tlstudio.gui.features.layers.rows import LayerRows
from tlstudio.gui.kit.log_scale import LogScale

TREE = small_tree(num_classes=3)


def cells(measure: LayerMeasure, facts: MeasureFacts) -> dict[str, MeasureCell]:
    rows = LayerRows(TREE)
    found = LayerMeasures().cells(measure, rows.rows, facts)
    return {
        row.node.path + (" own" if row.is_own else ""): cell
        for row, cell in zip(rows.rows, found, strict=True)
    }


def facts_of(options: PlanOptions) -> MeasureFacts:
    return MeasureFacts(freeze_plan(TREE, options), 0.01)


@pytest.fixture(autouse=True)
def _app(app: QApplication) -> None:
    pass


def test_learning_rates_are_those_of_the_plan() -> None:
    options = PlanOptions("discriminative", rate_rule="backbone", backbone_rate=0.1)
    shown = cells(LayerMeasure.RATE, facts_of(options))
    assert shown["head"].text == "0.01" and shown["head"].share == 1.0
    assert shown["stem"].text == "0.001" and shown["stem"].share == pytest.approx(0.1)
    assert shown["body"].text == "0.001" and shown["body own"].text == "0.001"
    assert not shown["relu"].text  # there is nothing to learn


def test_frozen_layers_say_so() -> None:
    shown = cells(LayerMeasure.RATE, facts_of(PlanOptions("feature_extraction")))
    assert shown["stem"].text == shown["body"].text == "frozen"
    assert shown["stem"].share is None and shown["head"].share == 1.0


def test_layers_that_begin_later_say_when() -> None:
    options = PlanOptions("head_first", epochs=9, head_epochs=4, rate_rule="same")
    shown = cells(LayerMeasure.RATE, facts_of(options))
    assert not shown["head"].note and "5" in shown["stem"].note and "5" in shown["body"].note
    assert shown["stem"].short_note == "5+"  # where the column is narrow
    assert "frozen" in shown["stem"].tip


def test_containers_show_the_range_of_their_rates() -> None:
    options = PlanOptions("discriminative", rate_rule="stages", stage_decay=0.5)
    plan = facts_of(options)
    rates = plan.plan.last.rates if plan.plan is not None else {}
    own = {rates[path] for path in rates if path.startswith("body")}
    text = cells(LayerMeasure.RATE, plan)["body"].text
    assert ("–" in text) == (len(own) > 1)


def test_accuracies_stand_at_their_stages() -> None:
    measures, nothing = LayerMeasures(), MeasureFacts()
    assert measures.missing(LayerMeasure.ACCURACY, nothing)
    before = cells(LayerMeasure.ACCURACY, nothing)
    assert before["stem"].text == "–" and not before["body.0"].text
    facts = MeasureFacts(evidence=make_record(body=60))
    assert not measures.missing(LayerMeasure.ACCURACY, facts)
    shown = cells(LayerMeasure.ACCURACY, facts)
    assert shown["body"].text == "60.0%" and shown["body"].share == pytest.approx(0.6)
    low, high = shown["body"].band or (0, 0)
    assert low < 0.6 < high
    assert "34.0%" in shown["body"].tip  # what guessing gives
    assert not shown["body.0"].text and not shown["body own"].text


def test_gradients_are_drawn_on_a_logarithmic_scale() -> None:
    shown = cells(LayerMeasure.GRADIENT, MeasureFacts(evidence=make_record()))
    shares = [shown[path].share or 0.0 for path in ("body", "stem", "head")]  # 0.001, 0.01, 0.1
    assert shares[2] - shares[1] == pytest.approx(shares[1] - shares[0])
    assert shown["body"].text == "0.001"


def test_drift_of_a_container_is_that_of_the_layer_that_moved_most() -> None:
    assert cells(LayerMeasure.DRIFT, MeasureFacts())["stem"].text == "–"
    drift = {"head": math.inf, "body.0.conv": 0.02, "body.1.conv": 0.3}
    shown = cells(LayerMeasure.DRIFT, MeasureFacts(drift=drift))
    assert shown["body"].text == "30%" and shown["body.0"].text == "2.0%"
    assert (shown["body.0"].share or 0) < (shown["body"].share or 0)
    assert shown["stem"].text == "0" and shown["stem"].share is None
    assert shown["head"].share == 1.0  # it began at zero


def test_parameters_are_shares_of_the_network() -> None:
    shown = cells(LayerMeasure.PARAMETERS, MeasureFacts())
    assert shown["body"].text == "557" and shown["body own"].text == "7"
    total = sum(shown[path].share or 0 for path in ("stem", "body", "head"))
    assert total == pytest.approx(1.0)


def test_a_logarithmic_scale_has_room_for_any_values() -> None:
    assert LogScale.of([]).share(0.5) <= 1.0
    assert LogScale.of([0.01]).share(0.01) > 0
    assert LogScale.of([0.0, 1e-9, math.inf, 3.0]).share(0.0) == 0.0
