"""The VGG networks: all six configurations of the paper's table, A-LRN and C among them.

Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition. ICLR 2015.
https://arxiv.org/abs/1409.1556
"""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from tlstudio.engine.models.classic.alexnet import local_response_norm

# Table 1, word by word: conv<kernel side>-<maps>, a bar for max pooling.
CONFIGURATIONS = {
    "A": "conv3-64 | conv3-128 | conv3-256 conv3-256 | conv3-512 conv3-512 | conv3-512 conv3-512",
    "A-LRN": "conv3-64 LRN | conv3-128 | conv3-256 conv3-256"
    " | conv3-512 conv3-512 | conv3-512 conv3-512",
    "B": "conv3-64 conv3-64 | conv3-128 conv3-128 | conv3-256 conv3-256"
    " | conv3-512 conv3-512 | conv3-512 conv3-512",
    "C": "conv3-64 conv3-64 | conv3-128 conv3-128 | conv3-256 conv3-256 conv1-256"
    " | conv3-512 conv3-512 conv1-512 | conv3-512 conv3-512 conv1-512",
    "D": "conv3-64 conv3-64 | conv3-128 conv3-128 | conv3-256 conv3-256 conv3-256"
    " | conv3-512 conv3-512 conv3-512 | conv3-512 conv3-512 conv3-512",
    "E": "conv3-64 conv3-64 | conv3-128 conv3-128 | conv3-256 conv3-256 conv3-256 conv3-256"
    " | conv3-512 conv3-512 conv3-512 conv3-512 | conv3-512 conv3-512 conv3-512 conv3-512",
}


class VGG(nn.Sequential):
    """A VGG network (a column of Table 1): ``[B, 3, 224, 224]`` to ``[B, num_classes]``.

    Layers are named as in the authors' published models: conv1_1, conv1_2, ..., fc8. `avgpool`
    does nothing at 224 pixels and lets other sizes run.

    Args:
        configuration: a key of `CONFIGURATIONS`.
        num_classes: outputs.
    """

    def __init__(self, configuration: str, num_classes: int = 1000) -> None:
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        maps = 3
        for number, words in enumerate(CONFIGURATIONS[configuration].split("|"), start=1):
            layers[f"stage{number}"], maps = _stage(number, words.split(), maps)
        layers["avgpool"] = nn.AdaptiveAvgPool2d((7, 7))
        layers["flatten"] = nn.Flatten()
        layers["fc6"] = nn.Linear(maps * 7 * 7, 4096)
        layers["relu6"] = nn.ReLU()
        layers["drop6"] = nn.Dropout(0.5)
        layers["fc7"] = nn.Linear(4096, 4096)
        layers["relu7"] = nn.ReLU()
        layers["drop7"] = nn.Dropout(0.5)
        layers["fc8"] = nn.Linear(4096, num_classes)
        super().__init__(layers)
        self.apply(_initialise)


class VGGOfList(nn.Sequential):
    """A network in the manner of VGG, written as a list.

    Args:
        words: maps of the 3x3 convolutions in their order, and ``M`` for a max pooling; behind a
            bar the units of the fully connected layers, two with 4096 where there is none.
        num_classes: outputs.
    """

    def __init__(self, words: str, num_classes: int = 1000) -> None:
        words, bar, behind = words.partition("|")
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        maps = 3
        for number, stage in enumerate(words.split("M"), start=1):
            for place, width in enumerate(map(int, stage.split()), start=1):
                layers[f"conv{number}_{place}"] = nn.Conv2d(maps, width, 3, padding=1)
                layers[f"relu{number}_{place}"] = nn.ReLU()
                maps = width
            layers[f"pool{number}"] = nn.MaxPool2d(2)
        layers.popitem()  # none stands behind the last stage
        layers["avgpool"] = nn.AdaptiveAvgPool2d((7, 7))
        layers["flatten"] = nn.Flatten()
        inputs = maps * 7 * 7
        units = [int(word) for word in behind.split()] if bar else [4096, 4096]
        for number, outputs in enumerate(units, start=1):
            layers[f"fc{number}"] = nn.Linear(inputs, outputs)
            layers[f"fc{number}_relu"] = nn.ReLU()
            layers[f"fc{number}_drop"] = nn.Dropout(0.5)
            inputs = outputs
        layers["head"] = nn.Linear(inputs, num_classes)
        super().__init__(layers)
        self.apply(_initialise_for_relu)


def vgg_of_list(words: str, num_classes: int = 1000) -> VGGOfList:
    """A network such as ``64 M 128 M 256 256 M``, or ``16 M 32 M | 128``."""
    return VGGOfList(words, num_classes)


def vgg(configuration: str, num_classes: int = 1000) -> VGG:
    """VGG of configuration A, A-LRN, B, C, D or E: 133, 133, 133, 134, 138, 144 M parameters."""
    return VGG(configuration, num_classes)


def _stage(number: int, words: list[str], maps: int) -> tuple[nn.Sequential, int]:
    """The layers up to and with a max pooling, and the maps that come out."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    convolutions = 0
    for word in words:
        if word == "LRN":
            layers[f"norm{number}_{convolutions}"] = local_response_norm()
            continue
        convolutions += 1
        kernel, _, width = word.removeprefix("conv").partition("-")
        side = int(kernel)
        layers[f"conv{number}_{convolutions}"] = nn.Conv2d(
            maps, int(width), side, padding=side // 2
        )
        layers[f"relu{number}_{convolutions}"] = nn.ReLU()
        maps = int(width)
    layers[f"pool{number}"] = nn.MaxPool2d(2)
    return nn.Sequential(layers), maps


def _initialise(module: nn.Module) -> None:
    """Glorot and Bengio's: the authors found afterwards that it needs no pre-trained A (3.1)."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        assert module.bias is not None
        nn.init.zeros_(module.bias)


def _initialise_for_relu(module: nn.Module) -> None:
    """N(0, 2 / inputs), so that lists of any length learn: He et al. 2015, equation 10."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        assert module.bias is not None
        nn.init.zeros_(module.bias)
