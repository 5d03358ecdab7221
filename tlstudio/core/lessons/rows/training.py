"""Lessons on what goes in, and on what happens while a network trains."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Chapter, Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROWS: tuple[Lesson, ...] = (
    Lesson(
        "normalisation",
        Chapter.TRAINING,
        QT_TRANSLATE_NOOP("core", "Normalising a picture"),
        QT_TRANSLATE_NOOP(
            "core",
            "A network does not see colours but numbers, brought near to 0 by a mean and a "
            "standard deviation. With others than it was trained with, it sees another picture.",
        ),
        QT_TRANSLATE_NOOP(
            "core", "Drag the mean or the standard deviation, and watch what the network says."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may have 0.485, 0.456, 0.406 for every network, because torchvision's "
            "weights want them; these weights were trained with 127/255 and 128/255.",
        ),
        terms=("preprocessing", "input-size"),
        target=Target(step="data", tab="network"),
        target_title=QT_TRANSLATE_NOOP("core", "See the images as the network does"),
    ),
    Lesson(
        "augmentation",
        Chapter.TRAINING,
        QT_TRANSLATE_NOOP("core", "Augmentation"),
        QT_TRANSLATE_NOOP(
            "core",
            "In each epoch training sees each image in another variation, with the same class. It "
            "should vary what does not matter, and leave what makes the class.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the strength of the variation."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may say that augmentation makes more images, because many are drawn from "
            "one; their number in an epoch stays the same, and the differences come over epochs.",
        ),
        terms=("augmentation", "random-crop", "colour-jitter"),
        target=Target(step="data", tab="network"),
        target_title=QT_TRANSLATE_NOOP("core", "Vary the images of the dataset"),
    ),
    Lesson(
        "batch_norm",
        Chapter.TRAINING,
        QT_TRANSLATE_NOOP("core", "Batch normalisation"),
        QT_TRANSLATE_NOOP(
            "core",
            "Each channel is brought to mean β and deviation γ: in training by the mean and "
            "variance of its batch, in evaluation by running averages. So one image gets other "
            "numbers in each mode.",
        ),
        QT_TRANSLATE_NOOP(
            "core", "Drag the size of the batch, and the light on all of its images."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may say that a frozen BatchNorm keeps its running averages, because in "
            "Keras it does; in PyTorch only γ and β stop, until it is put in evaluation mode.",
        ),
        terms=("batchnorm", "statistics-move", "statistics-fixed"),
        target=Target(step="model", tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See the BatchNorm layers of a network"),
    ),
    Lesson(
        "activations",
        Chapter.TRAINING,
        QT_TRANSLATE_NOOP("core", "Softmax, sigmoid, identity"),
        QT_TRANSLATE_NOOP(
            "core",
            "The last layer gives one number for each class, its logit. Softmax turns them into "
            "shares with the sum 1: if one class rises, the others fall. Sigmoid reads each alone.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the logit of a class."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may end a network with a softmax layer, because papers draw it; PyTorch's "
            "networks end with logits, and its cross-entropy loss has the softmax inside.",
        ),
        terms=("logits", "temperature"),
        target=Target(step="model", tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See the last layer of a network"),
    ),
)
