"""The variation of training images over the epochs, as one choice of three."""

from __future__ import annotations

from enum import StrEnum

from tlstudio.core.config import RunConfig
from tlstudio.core.data.augmentation import AugmentationOptions

DEFAULT_AUGMENTATION = str(RunConfig.model_fields["augmentation"].default)


def varied_options(config: RunConfig) -> AugmentationOptions:
    """How images vary under `config`, or would where they do not."""
    options = config.augmentation_options
    return options if options.is_varied else AugmentationOptions(DEFAULT_AUGMENTATION)


class Variation(StrEnum):
    """The choices for the views of an image that an epoch sees."""

    CACHED = "cached"  # a few, whose frozen features are kept
    LIVE = "live"  # new ones
    NONE = "none"  # the image as it is

    @classmethod
    def of(cls, config: RunConfig) -> Variation:
        """Return the choice that `config` makes."""
        return cls.NONE if config.augmentation == "none" else cls(config.views)

    def fields(self, augmentation: str) -> dict[str, object]:
        """The settings that say so; where images vary, they do by `augmentation`."""
        if self is Variation.NONE:
            return {"augmentation": "none"}
        return {"augmentation": augmentation, "views": str(self)}
