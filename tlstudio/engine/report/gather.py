"""Gathers what a report shows beside the run itself: what is at hand without much work."""

from __future__ import annotations

import logging

import numpy as np

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.kept import KeptRun
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.understanding.heat_maps import MapMethod, MapRequest
from tlstudio.engine.code_export.code import export_code
from tlstudio.engine.code_export.data_part import data_part
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.report.report import Extras, jpeg
from tlstudio.engine.runs.dataset import dataset_of
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.understanding.explainer import Explainer
from tlstudio.engine.understanding.lookalikes import find_lookalikes

HEAT = (225, 40, 0)  # red, where most speaks for the answer
HEAT_STRENGTH = 0.7

_log = logging.getLogger(__name__)


def gather_extras(run: KeptRun, store: RunStore) -> Extras:
    """What is at hand for the report of a run; a part whose files are gone is left out."""
    index = dataset_of(run)
    classifier = _classifier(run, store)
    return Extras(
        script="" if index is None else _script(run, index),
        explain=None if classifier is None else _Explain(classifier),
        lookalikes=None if index is None else _lookalikes(index),
        temperature=1.0 if classifier is None else classifier.temperature,
    )


class _Explain:
    """Draws what spoke for an answer over what the network saw."""

    def __init__(self, classifier: Classifier) -> None:
        self._explainer = Explainer(classifier)

    def __call__(self, record: PredictionRecord) -> bytes:
        request = MapRequest(record.image, MapMethod.GRAD_CAM, record.predicted)
        heat_map = self._explainer.heat_map(request)
        assert heat_map is not None, "nobody stops it"
        amount = HEAT_STRENGTH * heat_map.values[..., None]
        pixels = heat_map.pixels * (1 - amount) + np.array(HEAT) * amount
        return jpeg(np.rint(pixels).astype(np.uint8))


def _classifier(run: KeptRun, store: RunStore) -> Classifier | None:
    try:
        return store.classifier(run.entry.id)
    except TLStudioError as error:
        _log.info("the report has no heat maps: %s", error)
        return None


def _lookalikes(index: DatasetIndex) -> frozenset[ImageRef]:
    images = {split: [s.image for s in index.by_split[split]] for split in (Split.VAL, Split.TRAIN)}
    return find_lookalikes(images[Split.VAL], images[Split.TRAIN])


def _script(run: KeptRun, index: DatasetIndex) -> str:
    settings = run.record.settings
    if settings is None:
        return ""
    try:
        return export_code(settings.config, index, data_part(index), settings.plan).script
    except TLStudioError as error:
        _log.info("the report has no script: %s", error)
        return ""
