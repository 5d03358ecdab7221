"""Occlusion (Zeiler and Fergus, 2014): what an answer loses while a part is blanked."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from tlstudio.core.runs.events import StopToken

PLACES = 12  # of the blank square, along a side
SQUARE_SHARE = 4  # the square is this part of a side
BATCH = 16
Progress = Callable[[int, int], None]


def occlusion(
    network: nn.Module,
    pixels: torch.Tensor,
    class_index: int,
    *,
    places: int = PLACES,
    stop: StopToken | None = None,
    on_progress: Progress | None = None,
) -> torch.Tensor | None:
    """The mean loss of the class's log-probability while a square lies over each place.

    The squares overlap; log-probabilities still tell a difference where a network is very sure.

    Args:
        network: in eval mode.
        pixels: preprocessed, float32 ``[1, C, H, W]``.
        class_index: of the logit.
        places: positions of the square along each side.
        stop: read before each batch.
        on_progress: told how many of all positions were tried.

    Returns:
        float32 ``[H, W]`` on the CPU, 0 and up: what raises the answer counts as nothing. None if
        stopped.
    """
    side = pixels.shape[-1]
    square = max(1, side // SQUARE_SHARE)
    room = side - square
    starts = torch.linspace(0, room, min(places, room + 1)).round().long().tolist()
    corners = [(top, left) for top in starts for left in starts]
    masks = torch.zeros(len(corners), side, side, dtype=torch.bool)
    for mask, (top, left) in zip(masks, corners, strict=True):
        mask[top : top + square, left : left + square] = True
    whole = log_probabilities(network, pixels, class_index)[0]
    losses = torch.empty(len(corners))
    for start in range(0, len(corners), BATCH):
        if stop is not None and stop.stopped:
            return None
        batch = slice(start, start + BATCH)
        found = log_probabilities(network, blanked(pixels, masks[batch]), class_index)
        losses[batch] = whole - found
        if on_progress is not None:
            on_progress(min(start + BATCH, len(corners)), len(corners))
    total = (losses[:, None, None] * masks).sum(0)
    mean = total / masks.sum(0).clamp(min=1)
    return torch.nan_to_num(mean.relu(), 0.0, 0.0, 0.0)


def blanked(pixels: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """The image ``[1, C, H, W]`` in its mean colour where a mask of ``[B, H, W]`` is true."""
    mean = pixels.mean((2, 3), keepdim=True)
    return torch.where(masks[:, None].to(pixels.device), mean, pixels)


@torch.no_grad()
def log_probabilities(network: nn.Module, pixels: torch.Tensor, class_index: int) -> torch.Tensor:
    """Of one class for each image, ``[B]`` on the CPU."""
    logits: torch.Tensor = network(pixels)
    return logits.float().log_softmax(1)[:, class_index].cpu()
