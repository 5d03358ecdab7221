"""Which papers have a table of their numbers: the tables themselves, in `papers`, are long."""

from __future__ import annotations

PAPER_IDS = (
    "lenet",
    "alexnet",
    "vgg",
    "googlenet",
    "resnet",
    "resnet_cifar",
    "inception_v3",
    "squeezenet",
    "densenet",
    "resnext",
    "mobilenet_v1",
    "shufflenet_v1",
    "senet",
)  # also of their families
