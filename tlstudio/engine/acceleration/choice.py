"""Chooses the engine of inference by what a trial on this machine shows."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from tlstudio.core.config import EngineWish
from tlstudio.core.errors import StorageError, TLStudioError
from tlstudio.core.runs.execution import TORCH
from tlstudio.core.storage import atomic_write, cache_dir, read_json
from tlstudio.engine.acceleration.engines import ENGINES, Forward, InferenceEngine, Outputs
from tlstudio.engine.acceleration.recording import NotRecordable, recorded
from tlstudio.engine.device import processor_name
from tlstudio.engine.training.precision import Precision

_log = logging.getLogger(__name__)

TOLERANCE = 1e-5  # of float32 outputs, relative to the largest of them; 1e-6 is usual
TOLERABLE_ERROR = 0.05  # of bfloat16 outputs, relative; 0.01 is usual
MIN_IMAGES = 128  # fewer are done before an engine is ready
WORTH_S = 4.0  # of computing by torch, which a trial of one second may shorten
WORTHWHILE = 1.1  # times as fast
TRIAL_S, TRIAL_ROUNDS, TRIAL_IMAGES = 2.0, 4, 8
UNSURE = (0.8, 1.5)  # times as fast, in which another round may change the answer
PROBE_IMAGES = 4
_REMEMBERED = 500  # trials


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The engine for a module.

    Attributes:
        engine: its name.
        precision: in which it computes.
        forward: the module by that engine; None where torch goes on.
        refused: names of engines whose results were too far from torch's.
    """

    engine: EngineWish
    precision: Precision
    forward: Forward | None = None
    refused: tuple[str, ...] = ()


@torch.no_grad()
def choose_engine(
    module: nn.Module,
    probe: torch.Tensor,
    *,
    wish: EngineWish,
    precision: Precision = "float32",
    images: int,
    ours: Callable[[torch.Tensor], object] | None = None,
) -> EngineChoice:
    """Try the engines on real images, unless the work is too short or an earlier trial tells.

    Every engine's outputs are compared with the module's on `probe` before it is used: each time,
    as its weights may be others than they were.

    Args:
        module: frozen, in its mode, a function of images alone.
        probe: some normalised images of those to come, ``[B, C, H, W]``.
        wish: an engine is taken where it is installed and near enough; ``auto`` takes the fastest.
        precision: the most that may be rounded.
        images: how many there are.
        ours: what torch would run; the module itself by default.
    """
    torchs = EngineChoice(TORCH, precision)
    candidates = _candidates(wish, precision)
    if not candidates or probe.device.type != "cpu" or (wish == "auto" and images < MIN_IMAGES):
        return torchs
    known = remembered_engine(module, probe, wish, precision)
    if known == (TORCH, precision):
        return torchs
    if known is not None:
        candidates = [(e, p) for e, p in candidates if (e.name, p) == known]
    ours = ours or module
    if wish == "auto" and known is None:
        ours(probe)  # plans and allocates
        if images / len(probe) * _seconds(ours, probe) < WORTH_S:
            return torchs
    opened, refused = _opened(module, probe, candidates)
    if wish != "auto" or known is not None:
        fastest = opened[0] if opened else torchs
    else:
        fastest = _fastest(ours, torchs, opened, probe)
        if not refused:  # other weights may do
            _remember(_trial_key(module, probe, precision), fastest)
    return EngineChoice(fastest.engine, fastest.precision, fastest.forward, refused)


def fast_forward(network: nn.Module, batch: torch.Tensor, wish: EngineWish, images: int) -> Forward:
    """The network in float32 by the fastest engine here, or by torch, without gradients.

    Args:
        network: in eval mode; gives a tensor or several.
        batch: the first of the normalised images to come.
        wish: as a run is told.
        images: how many there will be; of a few torch has answered before an engine is ready.
    """
    if images >= MIN_IMAGES:
        choice = choose_engine(network, batch[:PROBE_IMAGES], wish=wish, images=images)
        if choice.forward is not None:
            return choice.forward

    @torch.no_grad()
    def forward(images: torch.Tensor) -> Outputs:
        values = network(images)
        return (values,) if isinstance(values, torch.Tensor) else tuple(values)

    return forward


def remembered_engine(
    module: nn.Module, probe: torch.Tensor, wish: EngineWish, precision: Precision
) -> tuple[EngineWish, Precision] | None:
    """What an earlier trial of such a module on this machine found; None where there was none.

    An engine that is asked for by its name needs no trial.
    """
    if wish != "auto":
        found = _candidates(wish, precision)
        return (found[0][0].name, found[0][1]) if found else (TORCH, precision)
    trials = read_json(_path())
    value = trials.get(_trial_key(module, probe, precision)) if isinstance(trials, dict) else None
    allowed: list[tuple[EngineWish, Precision]] = [(TORCH, precision)]
    allowed += [(engine.name, each) for engine, each in _candidates(wish, precision)]
    return next((pair for pair in allowed if list(pair) == value), None)


def _candidates(wish: EngineWish, precision: Precision) -> list[tuple[InferenceEngine, Precision]]:
    """Installed engines with their precisions, the wanted precision first."""
    pairs = [
        (engine, each)
        for engine in ENGINES
        if wish in ("auto", engine.name) and engine.version
        for each in engine.precisions
        if each in ("float32", precision)
    ]
    return sorted(pairs, key=lambda pair: pair[1] != precision)


def _opened(
    module: nn.Module,
    probe: torch.Tensor,
    candidates: Sequence[tuple[InferenceEngine, Precision]],
) -> tuple[list[EngineChoice], tuple[str, ...]]:
    """The engines that work and are near enough, and the names of those that are not."""
    opened: list[EngineChoice] = []
    refused: list[str] = []
    try:
        model = recorded(module, probe)
    except (NotRecordable, TypeError, ValueError, RuntimeError, ImportError) as error:
        _log.info("%s is not for engines: %r", type(module).__name__, error)
        return [], ()
    values = module(probe)
    exact = (values,) if isinstance(values, torch.Tensor) else tuple(values)
    for engine, precision in candidates:
        try:
            forward = engine.open(model, precision, torch.get_num_threads())
            outputs = forward(probe)
        except (TLStudioError, RuntimeError, ValueError, TypeError, ImportError, OSError) as error:
            _log.info("%s does not work: %r", engine.name, error)
            continue
        except Exception as error:  # engines' own errors share no base class
            _log.warning("%s does not work: %r", engine.name, error)
            continue
        if all(_is_near(a, b, precision) for a, b in zip(outputs, exact, strict=True)):
            opened.append(EngineChoice(engine.name, precision, forward))
        else:
            _log.warning("%s in %s is too far from torch", engine.name, precision)
            refused.append(engine.name)
    return opened, tuple(dict.fromkeys(refused))


def _is_near(value: torch.Tensor, exact: torch.Tensor, precision: Precision) -> bool:
    """Not true where a value is not finite."""
    if value.shape != exact.shape:
        return False
    if precision == "float32":
        return float((value - exact).abs().max()) <= TOLERANCE * float(exact.abs().max())
    return float((value - exact).norm()) <= TOLERABLE_ERROR * float(exact.norm())


def _fastest(
    ours: Callable[[torch.Tensor], object],
    torchs: EngineChoice,
    opened: Sequence[EngineChoice],
    probe: torch.Tensor,
) -> EngineChoice:
    """Time torch and the engines in turn, so that a noisy moment hits all."""
    if not opened:
        return torchs
    batch = probe[torch.arange(TRIAL_IMAGES) % len(probe)]
    batch = batch.contiguous(memory_format=torch.channels_last)  # as images come
    ways = {torchs: ours, **{choice: choice.forward for choice in opened if choice.forward}}
    best = dict.fromkeys(ways, float("inf"))
    for run in ways.values():
        run(batch)
    end = time.perf_counter() + TRIAL_S
    for _ in range(TRIAL_ROUNDS):
        for choice, run in ways.items():
            best[choice] = min(best[choice], _seconds(run, batch))
        gain = best[torchs] / min(best[choice] for choice in opened)
        if time.perf_counter() > end or not UNSURE[0] < gain < UNSURE[1]:
            break
    fastest = min(best, key=lambda choice: best[choice])
    for choice, seconds in best.items():
        text = f"{choice.engine} in {choice.precision}"
        _log.info("%s: %.1f ms an image", text, 1000 * seconds / TRIAL_IMAGES)
    return fastest if best[torchs] >= WORTHWHILE * best[fastest] else torchs


def _seconds(run: Callable[[torch.Tensor], object], images: torch.Tensor) -> float:
    begin = time.perf_counter()
    run(images)
    return time.perf_counter() - begin


def _remember(key: str, choice: EngineChoice) -> None:
    trials = read_json(_path())
    rows = list(trials.items()) if isinstance(trials, dict) else []
    kept = dict([*rows, (key, [choice.engine, choice.precision])][-_REMEMBERED:])
    with contextlib.suppress(StorageError):  # then there is a trial again the next time
        atomic_write(_path(), json.dumps(kept))


def _trial_key(module: nn.Module, probe: torch.Tensor, precision: Precision) -> str:
    """A name for all that decides the speed: not the weights, but all else."""
    about = [
        processor_name(),
        torch.backends.cpu.get_cpu_capability(),
        torch.get_num_threads(),
        torch.__version__,
        [(engine.name, engine.version) for engine in ENGINES],
        precision,
        list(probe.shape[1:]),
        repr(module),
    ]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]


def _path() -> Path:
    return cache_dir() / "engines.json"
