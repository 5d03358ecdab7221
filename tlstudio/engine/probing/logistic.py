"""Multinomial logistic regression, and a head that starts as one.

Kumar et al., "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution",
ICLR 2022 (https://arxiv.org/abs/2202.10054): a linear probe first, then fine-tuning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.data.dataset import Sample
from tlstudio.core.errors import ModelError, TrainingError
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.ahead import ALONE, Readers
from tlstudio.engine.data.loader import eval_batches
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.heads import head_paths, is_inside

STRENGTH = 64  # of the penalty, in images: so many and more outweigh it
MAX_STEPS = 500


def fit_head(
    features: torch.Tensor, targets: torch.Tensor, classes: int, l2: float | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """The linear layer that tells `targets` from `features` best.

    The minimum of mean cross entropy ``+ l2 / 2 * |W|²``, where W is for standardised features;
    the bias is free. It is convex and found in float64 on the CPU from zero on, so that equal
    features give equal values.

    Args:
        features: ``[N, F]``, of any float type and device.
        targets: class indices, int64 ``[N]``.
        classes: how many there are; some may have no sample.
        l2: above 0; None takes ``STRENGTH / N``.

    Returns:
        Weight ``[classes, F]`` and bias ``[classes]``, float64, for features as they are.
    """
    x, mean, std = standardised(features.detach().double().cpu())
    l2 = STRENGTH / len(x) if l2 is None else l2
    weight, bias = minimise(x, targets.cpu(), classes, l2)
    folded = weight / std
    return folded, bias - folded @ mean


def standardised(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Standardise the columns of ``[N, F]``; return values, mean and std. Constants become 0."""
    mean, std = x.mean(dim=0), x.std(dim=0, correction=0)
    std[std < 1e-6 * (1 + mean.abs())] = 1.0  # a feature that is the same in all images
    return (x - mean) / std, mean, std


def minimise(
    x: torch.Tensor,
    targets: torch.Tensor,
    classes: int,
    l2: float,
    start: tuple[torch.Tensor, torch.Tensor] | None = None,
    *,
    max_steps: int = MAX_STEPS,
    tolerance: float = 1e-7,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight ``[classes, F]`` and bias of the minimum that `fit_head` tells of, in `x`'s dtype.

    Args:
        x: standardised features.
        start: weight and bias to begin with; zeros otherwise.
        tolerance: of the gradient, where it ends.
    """
    shapes = (classes, x.shape[1]), (classes,)
    weight, bias = start or (x.new_zeros(shapes[0]), x.new_zeros(shapes[1]))
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [weight, bias],
        max_iter=max_steps,
        tolerance_grad=tolerance,
        tolerance_change=1e-12,
        line_search_fn="strong_wolfe",
    )

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(x @ weight.T + bias, targets) + l2 / 2 * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    with torch.enable_grad():
        optimizer.step(loss)  # type: ignore[no-untyped-call]
    return weight.detach(), bias.detach()


def head_linears(network: nn.Module, classes: int) -> dict[str, nn.Linear]:
    """The linear layers by path that make the logits: one, or one for each part of the head.

    Raises:
        ModelError: the head is not linear, as that of SqueezeNet.
    """
    heads = head_paths(network)
    found = {
        path: module
        for path, module in network.named_modules()
        if is_inside(path, heads)
        and not path.endswith(".hidden")
        and isinstance(module, nn.Linear)
        and module.out_features == classes
    }
    if all(any(is_inside(path, (head,)) for path in found) for head in heads):
        return found
    raise ModelError(
        QT_TRANSLATE_NOOP(
            "core", "The head of {kind} is not a linear layer, so no linear probe can start it."
        ),
        QT_TRANSLATE_NOOP("core", "Choose another strategy, or another model."),
        kind=type(network).__name__,
    )


def probe_head(
    classifier: Classifier,
    samples: Sequence[Sample],
    store: ImageStore,
    *,
    batch_size: int,
    stop: StopToken,
    l2: float | None = None,
    readers: Readers = ALONE,
) -> Iterator[int | SampleSkipped]:
    """Let the head start as the linear probe of what it is given: plain views, eval mode, float32.

    The network runs once over all samples, in their order, where it is. Modes are as before
    afterwards. Ended early by `stop`, the head stays as it was.

    Args:
        samples: of the training split.
        store: of their images, with the classifier's preprocessing.
        batch_size: images at a time; decides the last bit of the features.

    Yields:
        How many images each step dealt with; files that could not be read.

    Raises:
        ModelError: the head is not linear.
        TrainingError: no image could be read.
    """
    network = classifier.network
    linears = head_linears(network, len(classifier.classes))
    rows: dict[str, list[torch.Tensor]] = {path: [] for path in linears}
    targets: list[torch.Tensor] = []
    hooks = [
        linear.register_forward_pre_hook(_keeper(rows[path])) for path, linear in linears.items()
    ]
    modes = {module: module.training for module in network.modules()}
    try:
        network.eval()
        batches = eval_batches(
            samples,
            store,
            classifier.preprocessing,
            batch_size=batch_size,
            stop=stop,
            readers=readers,
            device=classifier.device,
        )
        for batch in batches:
            if isinstance(batch, SampleSkipped):
                yield batch
                continue
            with torch.no_grad():
                network(batch.images)
            targets.append(batch.targets.cpu())
            yield len(batch.indices)
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes.items():
            module.training = mode
    if stop.stopped:
        return
    if not targets:
        raise TrainingError(QT_TRANSLATE_NOOP("core", "No training image could be read."))
    for path, linear in linears.items():
        weight, bias = fit_head(
            torch.cat(rows[path]), torch.cat(targets), linear.out_features, l2=l2
        )
        with torch.no_grad():
            linear.weight.copy_(weight)
            if linear.bias is not None:
                linear.bias.copy_(bias)


def _keeper(rows: list[torch.Tensor]) -> Any:
    """A pre-hook that keeps what a layer is given, ``[B, F]``; the mean where it is of places."""

    def keep(_module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        given = inputs[0].detach().float().cpu()
        rows.append(given.flatten(1, -2).mean(dim=1) if given.dim() > 2 else given)

    return keep
