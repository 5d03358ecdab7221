"""Room on the disk for a run: asked for before it trains, found elsewhere if it is full then."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import TLStudioError
from tlstudio.core.storage import check_room, data_dir, documents_dir, safe_file_name
from tlstudio.core.strategies import FreezePlan
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.save import save_weights

_log = logging.getLogger(__name__)

_OPTIMIZER_COPIES = {"sgd": 1}  # of what trains; those of Adam's kind keep two
_BYTES = 4  # float32


def check_room_for(
    folder: Path,
    classifier: Classifier,
    config: RunConfig,
    plan: FreezePlan | None,
    *,
    is_plain: bool,
) -> None:
    """Make sure that the disk of a run's folder takes what the run will write.

    Args:
        folder: of the run.
        classifier: that trains.
        config: of the run.
        plan: what trains; None where that is not known yet.
        is_plain: whether the weights are written once more, as plain PyTorch reads them.

    Raises:
        StorageError: it does not.
    """
    state = classifier.network.state_dict().values()
    weights = sum(value.numel() * value.element_size() for value in state)
    copies = 2 + _OPTIMIZER_COPIES.get(config.optimizer, 2) + (config.ema_decay > 0)  # now, best
    checkpoint = copies * _BYTES * (plan.last.trainable_parameters if plan is not None else 0)
    files = 2 * (1 + is_plain)  # the best weights and the last ones
    hint = QT_TRANSLATE_NOOP(
        "core", "Make room, or choose a folder on another disk for runs in the preferences."
    )
    check_room(folder, files * weights + checkpoint, hint)


def save_elsewhere(classifier: Classifier, name: str, suffix: str) -> Path | None:
    """Write weights that found no room in their own place; returns their file.

    Args:
        classifier: its best weights are written.
        name: what the file is called after.
        suffix: of the format.

    Returns:
        None where no disk takes them.
    """
    folders = (data_dir() / "rescued", documents_dir(), Path.home(), Path(tempfile.gettempdir()))
    for folder in folders:
        path = folder / f"{safe_file_name(name)}{suffix}"
        try:
            save_weights(classifier, path)
        except (TLStudioError, OSError) as error:
            _log.warning("%s", error)
        else:
            return path
    return None
