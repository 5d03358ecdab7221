"""The frozen layers at inference speed."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
import math
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

import torch
from torch import fx, nn

from tlstudio.core.config import EngineWish
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.execution import TORCH
from tlstudio.core.runs.execution_plan import FeatureRow
from tlstudio.engine.acceleration.choice import (
    TOLERABLE_ERROR,
    choose_engine,
    remembered_engine,
)
from tlstudio.engine.acceleration.engines import Forward, Outputs, version_of
from tlstudio.engine.features.cut import STRIDE_IMAGES, Cut
from tlstudio.engine.features.description import add_tensors, description
from tlstudio.engine.features.folding import folded
from tlstudio.engine.training.precision import DTYPES, Precision

_log = logging.getLogger(__name__)

FORMAT = 1  # to be raised when features are computed or laid out otherwise


class FrozenPart:
    """The layers below the cut, as a fast function of images.

    By torch in float32 it is the network's own layers, so that the result is bit for bit theirs. In
    bfloat16 it is a copy with normalisation folded into convolutions; where the copy's features
    are further than `TOLERABLE_ERROR` from the exact ones, the exact layers are taken after all.
    Another engine is taken where it is faster and near enough, see `acceleration.choice`.

    Attributes:
        precision: the one that is used.
        engine: what computes.
        refused: engines that were too far off.
        shapes: of the features of one image.
        elements: of all of them together.
    """

    def __init__(
        self,
        cut: Cut,
        precision: Precision,
        probe: torch.Tensor,
        kept: Callable[[FrozenPart], int] = lambda part: 0,
        *,
        engine: EngineWish = TORCH,
        images: int = 0,
    ) -> None:
        """Decide what computes.

        Args:
            cut: where the network is cut.
            precision: the most that may be rounded.
            probe: some normalised images ``[B, 3, H, W]`` to try copies and engines on.
            kept: how many rows there are by the part's key. Where there are some, it was near
                enough before; then it is made only when there is something to compute.
            engine: as a run is told.
            images: how many views there will be.
        """
        self.shapes = cut.shapes
        self.elements = sum(math.prod(shape) for shape in cut.shapes)
        self._below = cut.below
        self._strides = cut.strides
        self._probe = probe
        self._keys: dict[str, str] = {}
        self.refused: tuple[str, ...] = ()
        self._layers: nn.Module | None = None
        self._forward: Forward | None = None
        known = remembered_engine(cut.below, probe, engine, precision) or (TORCH, precision)
        self.engine: EngineWish
        self.engine, self.precision = known
        if self.engine != TORCH and kept(self):
            return
        self.engine, self.precision = TORCH, precision
        rows = kept(self) if (engine, precision) != (TORCH, "float32") else 0
        if precision == "float32" or not rows:
            self._take_torch()
        if engine != TORCH and rows < max(1, images):
            self._take_faster(engine, precision, images)

    @property
    def is_exact(self) -> bool:
        """Whether features are bit for bit the network's own, for batches of the same size."""
        return self.engine == TORCH and self.precision == "float32"

    @property
    def dtype(self) -> torch.dtype:
        return DTYPES[self.precision]

    @property
    def row(self) -> FeatureRow:
        """Size of the features of one view of an image, as they are stored."""
        return FeatureRow(self.elements, self.precision)

    @torch.no_grad()  # not inference mode: what it makes may enter a graph of gradients
    def __call__(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Features, each float32 ``[B, ...]``, of normalised images ``[B, 3, H, W]``."""
        return tuple(value.float() for value in self._compute(images))

    @torch.no_grad()
    def rows(self, images: torch.Tensor) -> torch.Tensor:
        """Compute the features as one row an image, ``[B, elements]`` of `dtype`, channels last."""
        parts = [_channels_last(value).flatten(1) for value in self._compute(images)]
        return torch.cat(parts, dim=1)  # of its own: a view would hold on to what it looks into

    def unpack(self, rows: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Turn rows back into what `__call__` returns for the same images."""
        sizes = [math.prod(shape) for shape in self.shapes]
        parts = torch.split(rows.float(), sizes, dim=1)
        return tuple(
            _in_memory_order(_channels_first(part, shape), strides, STRIDE_IMAGES)
            for part, shape, strides in zip(parts, self.shapes, self._strides, strict=True)
        )

    def key(self, preprocessing: Preprocessing, batch_size: int) -> str:
        """A name for all that decides the features, apart from the image: 32 hex digits.

        The last bit of a float32 convolution depends on how many images it is given, so there the
        batch size belongs to it.
        """
        about = {
            "format": FORMAT,
            "libraries": [_version(name) for name in ("torch", "torchvision", "timm")],
            "device": self._probe.device.type,
            "precision": self.precision,
            "batch_size": batch_size if self.is_exact else None,
            "preprocessing": preprocessing.to_dict(),
            "layers": description(self._below.graph, self._below),
        }
        if self.engine != TORCH:
            about["engine"] = [self.engine, version_of(self.engine)]
        text = json.dumps(about, sort_keys=True)
        if text not in self._keys:  # the layers are frozen
            digest = hashlib.sha256(text.encode())
            add_tensors(digest, self._below)
            self._keys[text] = digest.hexdigest()[:32]
        return self._keys[text]

    def _compute(self, images: torch.Tensor) -> Sequence[torch.Tensor]:
        if self._layers is None:  # rows like these are there: they keep their name
            name, precision = self.engine, self.precision
            self._take_torch()
            if name != TORCH:
                self._take_faster(name, precision, 0)
            self.engine, self.precision = name, precision
        assert self._layers is not None
        compute = self._forward or self._by_torch
        return [value.to(self.dtype) for value in compute(images)]

    def _by_torch(self, images: torch.Tensor) -> Outputs:
        assert self._layers is not None
        dtype = torch.float32 if self._layers is self._below else torch.bfloat16
        return tuple(self._layers(images.to(dtype)))

    def _take_torch(self) -> None:
        if self.precision == "bfloat16":
            self._layers = _fast_copy(self._below, self._probe)
        if self._layers is None:
            self._layers, self.precision = self._below, "float32"

    def _take_faster(self, wish: EngineWish, precision: Precision, images: int) -> None:
        """Let another engine compute instead, if one is faster."""
        choice = choose_engine(
            self._below,
            self._probe,
            wish=wish,
            precision=precision,
            images=images,
            ours=self._by_torch,
        )
        self.refused = choice.refused
        if choice.forward is not None:
            self._forward = choice.forward
            self.engine, self.precision = choice.engine, choice.precision


def _fast_copy(below: fx.GraphModule, probe: torch.Tensor) -> nn.Module | None:
    """The layers in bfloat16; None where that does not work or is too far off."""
    exact = _features(below, probe)
    for make in (folded, _unfolded):
        try:
            fast = make(below, probe).to(torch.bfloat16)
            fast.to(memory_format=torch.channels_last)
            rounded = _features(fast, probe.to(torch.bfloat16))
        except (RuntimeError, TypeError, ValueError, KeyError, AttributeError) as error:
            _log.info("%s does not work: %r", make.__name__, error)
            continue
        if all(_distance(a, b) <= TOLERABLE_ERROR for a, b in zip(rounded, exact, strict=True)):
            return fast
        _log.info("%s is too far off", make.__name__)
    return None


def _unfolded(below: nn.Module, probe: torch.Tensor) -> nn.Module:
    return copy.deepcopy(below)


@torch.no_grad()
def _features(layers: nn.Module, images: torch.Tensor) -> list[torch.Tensor]:
    return [value.float() for value in layers(images)]


def _distance(rounded: torch.Tensor, exact: torch.Tensor) -> float:
    """Relative; infinite where a value is not finite."""
    distance = float((rounded - exact).norm() / exact.norm().clamp_min(1e-12))
    return distance if math.isfinite(distance) else math.inf


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:  # in a bundle
        return ""


def _channels_last(value: torch.Tensor) -> torch.Tensor:
    return value.permute(0, 2, 3, 1) if value.dim() == 4 else value


def _channels_first(part: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    if len(shape) != 3:
        return part.reshape(-1, *shape)
    channels, height, width = shape
    return part.reshape(-1, height, width, channels).permute(0, 3, 1, 2)


def _in_memory_order(value: torch.Tensor, strides: tuple[int, ...], images: int) -> torch.Tensor:
    """Return `value` with `strides`, by which the next layer chooses its algorithm.

    `strides` are those of a tensor of so many images; axes outside of the images' reach further
    with each one more.
    """
    batch = len(value)
    wanted = tuple(s // images * batch if s > strides[0] else s for s in strides)
    steps = zip(value.shape, value.stride(), wanted, strict=True)
    if all(size == 1 or now == then for size, now, then in steps):
        return value.as_strided(value.shape, wanted)
    reach = 1 + sum((size - 1) * step for size, step in zip(value.shape, wanted, strict=True))
    if reach < value.numel():  # it lay over itself, as expanded tensors do
        return value
    ordered = torch.empty_strided(value.shape, wanted, dtype=value.dtype, device=value.device)
    return ordered.copy_(value)
