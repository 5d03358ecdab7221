"""The plain loop that training must equal: every image through the whole network, every time.

Nothing is cut, kept or cast here. Images are read from their files for every batch; only what is a
run's chance by definition (order, views, dropout by seed and epoch) is asked of the engine.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn, optim
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.data.images import read_image
from tlstudio.engine.data.store import read_picture
from tlstudio.engine.data.transforms import eval_transform, sample_generator, train_transform
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.seeding import seeded

CPU = torch.device("cpu")


@dataclass(frozen=True)
class ReferenceEpoch:
    """What `EpochRecord` says of an epoch, and the network's state after it."""

    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    state: dict[str, torch.Tensor]


def reference_run(
    config: RunConfig,
    index: DatasetIndex,
    network: nn.Module,
    preprocessing: Preprocessing,
    plan: FreezePlan,
) -> list[ReferenceEpoch]:
    """Train a copy of `network`; it is itself left alone."""
    network = copy.deepcopy(network)
    train, val = index.by_split[Split.TRAIN], index.by_split[Split.VAL]
    apply_phase(network, plan.last)
    trainable = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = _optimizer(trainable, config)
    epochs = []
    for epoch in range(1, config.epochs + 1):
        rate = config.learning_rate * config.gamma ** ((epoch - 1) // config.step_size)
        for group in optimizer.param_groups:
            group["lr"] = rate
        train_loss, train_right = 0.0, 0
        for number, batch in enumerate(_train_order(len(train), config, epoch)):
            set_train_mode(network, plan.last)
            images = _train_images(train, batch, config, preprocessing, epoch)
            targets = torch.tensor([train[i].class_index for i in batch])
            with seeded(CPU, config.seed, epoch, number):
                logits = network(images)
            loss = F.cross_entropy(logits, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            train_loss += loss.item() * len(batch)
            train_right += int((logits.argmax(dim=1) == targets).sum())
        network.eval()
        val_loss, val_right = 0.0, 0
        for start in range(0, len(val), config.batch_size):
            samples = val[start : start + config.batch_size]
            images = _stacked([eval_transform(preprocessing)(read_image(s.image)) for s in samples])
            targets = torch.tensor([sample.class_index for sample in samples])
            with torch.no_grad():
                logits = network(images)
            val_loss += F.cross_entropy(logits, targets).item() * len(samples)
            val_right += int((logits.argmax(dim=1) == targets).sum())
        epochs.append(
            ReferenceEpoch(
                train_loss=train_loss / len(train),
                train_accuracy=train_right / len(train),
                val_loss=val_loss / len(val),
                val_accuracy=val_right / len(val),
                learning_rate=rate,
                state=copy.deepcopy(network.state_dict()),
            )
        )
    return epochs


def _optimizer(parameters: list[nn.Parameter], config: RunConfig) -> optim.Optimizer:
    """Parameter by parameter, not fused and not in groups."""
    if config.optimizer == "sgd":
        return optim.SGD(
            parameters,
            lr=config.learning_rate,
            momentum=config.momentum,
            weight_decay=config.weight_decay,
            foreach=False,
        )
    kind = optim.Adam if config.optimizer == "adam" else optim.AdamW
    return kind(
        parameters, lr=config.learning_rate, weight_decay=config.weight_decay, foreach=False
    )


def _train_order(count: int, config: RunConfig, epoch: int) -> list[list[int]]:
    """Batches of positions; a single one left over joins the batch before it."""
    order = list(range(count))
    random.Random(f"{config.seed}/{epoch}").shuffle(order)
    size = config.batch_size
    batches = [order[start : start + size] for start in range(0, count, size)]
    if size > 1 and len(batches) > 1 and len(batches[-1]) == 1:
        left = batches.pop()
        batches[-1] += left
    return batches


def _train_images(
    samples: Sequence[Sample],
    batch: list[int],
    config: RunConfig,
    preprocessing: Preprocessing,
    epoch: int,
) -> torch.Tensor:
    transform = train_transform(config.augmentation_options, preprocessing)
    if config.augmentation == "none":
        return _stacked(
            [eval_transform(preprocessing)(read_image(samples[i].image)) for i in batch]
        )
    return _stacked(
        [
            transform(
                read_picture(samples[i].image, preprocessing),
                sample_generator(config.seed, epoch, i),
            )
            for i in batch
        ]
    )


def _stacked(images: list[torch.Tensor]) -> torch.Tensor:
    """``[B, 3, H, W]``, in the memory order of the studio's batches."""
    return torch.stack(images).contiguous(memory_format=torch.channels_last)
