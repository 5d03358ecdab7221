"""Cross-validation: one configuration trained once for each fold of a dataset."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split, SplitConfig
from tlstudio.core.data.split_config import check_split
from tlstudio.core.errors import TLStudioError
from tlstudio.core.folds import (
    FoldEnded,
    FoldResult,
    FoldSaid,
    FoldsEnded,
    FoldsEvent,
    FoldsRecord,
    FoldsStarted,
    FoldStarted,
)
from tlstudio.core.runs.events import PredictionsReady, StopToken
from tlstudio.core.runs.kept import FOLD_NAME, RunOrigin
from tlstudio.core.runs.record import RunRecord
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.runs.study_run import run_of_study
from tlstudio.engine.training.run_checks import check_run


def cross_validate(
    config: RunConfig, index: DatasetIndex, folds: int, stop: StopToken, *, keep: bool = True
) -> Iterator[FoldsEvent]:
    """Train once for each fold; networks are let go as soon as they have answered.

    Training and validation images are dealt to the folds anew, groups kept together; images of the
    test split stay aside. What frozen layers make of an image is computed once for all folds, as
    features are kept by the content of the image. The first event is `FoldsStarted`, the last one
    `FoldsEnded`.

    Args:
        config: the same for every fold, its seed too.
        index: the dataset.
        folds: how many, from 2 on.
        stop: read before every batch.
        keep: whether the runs are kept.

    Raises:
        TLStudioError: it cannot start; holds every problem.
    """
    split = index.split_config or SplitConfig(anew=True)
    splits = [check_split(replace(split, folds=folds, fold=n + 1)) for n in range(folds)]
    indices = [index.split_by(one) for one in splits]
    if problems := check_run(config, indices[0]):
        raise TLStudioError.of(problems)
    record = FoldsRecord(
        folds,
        index.classes,
        sum(len(one.by_split[Split.VAL]) for one in indices),
        len(indices[0].by_split[Split.TEST]),
    )
    store = RunStore() if keep else None
    yield FoldsStarted(record)
    for fold, folded in enumerate(indices, 1):
        if stop.wait_while_paused():
            break
        train, val = (len(folded.by_split[part]) for part in (Split.TRAIN, Split.VAL))
        yield FoldStarted(fold, train, val)
        name = FOLD_NAME.format(fold=fold, folds=folds, dataset=index.name)
        run = yield from _run(config, folded, stop, store, fold, name)
        told = () if run.predictions is None else tuple(run.predictions.predictions)
        record = record.with_result(FoldResult(fold, run.archived(), told))
        yield FoldEnded(record)
    yield FoldsEnded(record, stop.stopped)


def _run(
    config: RunConfig,
    index: DatasetIndex,
    stop: StopToken,
    store: RunStore | None,
    fold: int,
    name: str,
) -> Generator[FoldSaid, None, RunRecord]:
    events = run_of_study(config, index, stop, store, RunOrigin.FOLDS, name)
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            run: RunRecord = end.value
            return run
        if not isinstance(event, PredictionsReady):
            yield FoldSaid(fold, event)
