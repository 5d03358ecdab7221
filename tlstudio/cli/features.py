"""The features of a dataset's images, as several commands ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.cli.output import Output

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.probing.dataset_features import DatasetFeatures


def features_of(index: DatasetIndex, stop: StopToken, output: Output) -> DatasetFeatures | None:
    """Look them up or compute them, telling how far that is; None if stopped."""
    from tlstudio.core.runs.events import SampleSkipped
    from tlstudio.engine.probing.dataset_features import DatasetFeatures, dataset_features

    for event in dataset_features(index, stop):
        if isinstance(event, DatasetFeatures):
            return event
        if isinstance(event, SampleSkipped):
            output.note(f"tlstudio: {event.path}: {event.reason}")
        else:
            output.progress(f"features {event.done}/{event.total}")
    return None
