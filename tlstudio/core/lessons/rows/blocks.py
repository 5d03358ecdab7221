"""Lessons on the blocks that networks are built of."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Chapter, Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROWS: tuple[Lesson, ...] = (
    Lesson(
        "depthwise",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "Depthwise separable convolution"),
        QT_TRANSLATE_NOOP(
            "core",
            "An ordinary kernel filters and mixes all maps at once. The separable one takes two "
            "steps: a kernel of its own filters each map, then a 1x1 convolution mixes them.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the sizes, and see where the saving comes from."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may call 1/N + 1/Dk² the saving, because it is the ratio of both costs; it "
            "is the share that is left, about 1/9 with kernels of 3x3.",
        ),
        terms=("depthwise", "multiply-adds"),
        target=Target(models=("tf_efficientnet_lite0",), tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See the layers of such a network"),
    ),
    Lesson(
        "residual",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "The residual sum"),
        QT_TRANSLATE_NOOP(
            "core",
            "A residual block adds what it computes to what comes in. Take a block out, and x "
            "still passes by its shortcut: the network goes on answering by all the other paths.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Choose a block and drag how much of it is added; at 0 it is gone. How many can go?",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may have a ReLU after the sum, because ResNet of 2015 has one; this "
            "network has none there, as in MobileNetV2.",
        ),
        terms=("residual",),
        target=Target(models=("plain20", "resnet20"), tab="picture"),
        target_title=QT_TRANSLATE_NOOP("core", "See a network with and without shortcuts"),
    ),
    Lesson(
        "inception",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "Inception, naive and reduced"),
        QT_TRANSLATE_NOOP(
            "core",
            "An inception module looks at its input with kernels of several sizes at once. "
            "Reductions by 1x1 make the input narrow first, so that 3x3 and 5x5 stay affordable.",
        ),
        QT_TRANSLATE_NOOP(
            "core", "Drag the width of the reductions, and go through the modules of GoogLeNet."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may say that 1x1 reductions save, because they do here; one that is about "
            "as wide as its input costs more than none.",
        ),
        terms=("inception", "multiply-adds"),
        target=Target(models=("googlenet_naive", "googlenet_2014"), tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See both networks side by side"),
    ),
    Lesson(
        "squeeze",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "Squeeze-and-excitation"),
        QT_TRANSLATE_NOOP(
            "core",
            "The mean of each map says how strongly it responds to the photo. Two small linear "
            "layers turn all means into a factor for each map: what matters for this photo passes, "
            "the rest is damped.",
        ),
        QT_TRANSLATE_NOOP(
            "core", "Drag the reduction r, and go to another photo: the factors are others."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may draw 1x1 convolutions for W1 and W2, because on one number a map they "
            "are the same as linear layers.",
        ),
        terms=("squeeze-excitation",),
        target=Target(models=("resnet18", "se_resnet18"), tab="picture"),
        target_title=QT_TRANSLATE_NOOP("core", "See a network with and without SE"),
    ),
    Lesson(
        "groups",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "Groups and shuffle"),
        QT_TRANSLATE_NOOP(
            "core",
            "In groups a convolution costs as many times less as there are groups, but no group "
            "ever hears of the others. A shuffle between two such convolutions lets them meet.",
        ),
        QT_TRANSLATE_NOOP(
            "core", "Drag the number of groups, shuffle, and point at an output to see its inputs."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may call depthwise a kind of its own, because MobileNet does; it is a "
            "convolution with as many groups as maps.",
        ),
        terms=("channel-shuffle", "depthwise"),
        target=Target(models=("shufflenet_v1_g3_x1_0",), tab="picture"),
        target_title=QT_TRANSLATE_NOOP("core", "See ShuffleNet as a picture"),
    ),
    Lesson(
        "pointwise",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "1x1 convolution"),
        QT_TRANSLATE_NOOP(
            "core",
            "A 1x1 convolution looks at one place only, and at all maps there: a weighted sum, the "
            "same at every place. N of them turn M maps into N.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the weights, and the square to read a place."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may call it a linear layer over the channels, because at each place it is "
            "one; with ReLU, two of them stand behind each convolution of Network in Network.",
        ),
        terms=("convolution", "channel"),
        target=Target(models=("resnet50",), tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See where ResNet-50 uses it"),
    ),
    Lesson(
        "dense",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "Dense blocks"),
        QT_TRANSLATE_NOOP(
            "core",
            "In a dense block each layer gets the maps of all layers before it, side by side, and "
            "appends only k maps of its own. Features are used again rather than learned again.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the growth rate k and the number of layers."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may compare it with a residual block: there the sum keeps the number of "
            "maps, here they are put side by side and become more.",
        ),
        terms=("dense-block",),
        target=Target(models=("densenet121",), tab="picture"),
        target_title=QT_TRANSLATE_NOOP("core", "See DenseNet-121 as a picture"),
    ),
)
