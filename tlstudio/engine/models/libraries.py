"""Networks as torchvision, timm and the studio's own classics build them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import torch
from torch import nn

from tlstudio.core.networks.auxiliary import WITH_AUXILIARY
from tlstudio.core.networks.catalog import Library, SizeRule
from tlstudio.engine.models.library_facts import torchvision_facts
from tlstudio.engine.models.rows import CatalogRow, catalog_row
from tlstudio.engine.models.valueless import without_drawing

IMAGENET_CLASSES = 1000

# Without these torchvision's builders warn, or add what the studio does not use.
_NO_EXTRAS: dict[str, dict[str, Any]] = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"aux_logits": False, "init_weights": False},
}
_RANDOM: dict[str, dict[str, Any]] = {
    "googlenet": {"init_weights": True},
    "inception_v3": {"init_weights": True},
}

# How torchvision calls the size of a network that is built for one. Its MaxViT has such an
# argument, too, but divides the image into partitions that fit no other size than its own.
_SIZE_ARGUMENT = "image_size"
_FIXED = ("maxvit_t",)


def import_libraries() -> None:
    """Import torchvision and timm, where seconds are better spent now than at the first network."""
    import timm  # noqa: F401 - which imports torchvision


def library_network(
    model: str,
    num_classes: int = IMAGENET_CLASSES,
    *,
    image_px: int = 0,
    channels: int = 3,
    auxiliary: bool = False,
    is_start: bool = False,
) -> nn.Module:
    """A network of the catalog without pretrained values.

    Args:
        model: its name.
        num_classes: outputs of the head.
        image_px: for networks that are built for one size; 0 for their own.
        channels: of the input, for timm, which fits its networks itself; others stay as they are.
        auxiliary: with the auxiliary classifiers that it has for training, if it has any.
        is_start: whether its random values will be trained: some networks take their time for them.

    Raises:
        ConfigError: the catalog has no such model.
    """
    with without_drawing():
        row = catalog_row(model)
        auxiliary = auxiliary and row.name in WITH_AUXILIARY
        return _built(row, num_classes, image_px, channels, auxiliary, is_start)


def _built(
    row: CatalogRow,
    num_classes: int,
    image_px: int,
    channels: int,
    auxiliary: bool,
    is_start: bool,
) -> nn.Module:
    model = row.name
    if row.library is Library.CLASSIC:
        from tlstudio.engine.models.classic import classic_spec

        more = {"auxiliary": True} if auxiliary else {}
        return classic_spec(row.plain).build(num_classes, **more)
    network: nn.Module
    if row.library is Library.TIMM:
        import timm

        changes = timm_inputs(row, image_px, channels)
        network = timm.create_model(row.plain, num_classes=num_classes, **changes)
        return network
    from torchvision import models

    _let_regnet_count()
    arguments: Mapping[str, Any] = _NO_EXTRAS.get(model, {})
    if is_start:
        arguments = {**arguments, **_RANDOM.get(model, {})}
    if auxiliary:
        arguments = {**arguments, "aux_logits": True}
    if size_rule(model) is SizeRule.INTERPOLATED:
        side = image_px or torchvision_facts(row.plain).preprocessing.crop_px
        arguments = {**arguments, _SIZE_ARGUMENT: side}
    network = models.get_model(row.plain, weights=None, num_classes=num_classes, **arguments)
    return network


@cache
def _let_regnet_count() -> None:
    """RegNet works out its widths with tensors, of which the meta device keeps no values.

    From torchvision 0.29, ``BlockParams.from_init_params``. To be deleted when that uses plain
    numbers.
    """
    from torchvision.models.regnet import BlockParams

    original = BlockParams.from_init_params.__func__

    def on_the_cpu(cls: type, *args: Any, **kwargs: Any) -> Any:
        with torch.device("cpu"):
            return original(cls, *args, **kwargs)

    BlockParams.from_init_params = classmethod(on_the_cpu)


def timm_inputs(row: CatalogRow, image_px: int, channels: int) -> dict[str, Any]:
    """timm's own arguments for another size or number of channels."""
    from timm.models import get_pretrained_cfg

    arguments: dict[str, Any] = {} if channels == 3 else {"in_chans": channels}
    cfg = get_pretrained_cfg(row.plain)
    if image_px and cfg is not None and cfg.fixed_input_size and image_px != cfg.input_size[-1]:
        arguments["img_size"] = image_px
    return arguments


def size_rule(model: str) -> SizeRule:
    """Return the rule for input sizes, from the library, or for timm from the network itself."""
    row = catalog_row(model)
    if row.library is Library.TORCHVISION:
        if model in _FIXED:
            return SizeRule.FIXED
        return SizeRule.INTERPOLATED if row.plain.startswith("vit_") else SizeRule.ANY
    if row.library is Library.CLASSIC:
        from tlstudio.engine.models.classic import classic_spec

        has_limit = classic_spec(row.plain).max_input_px is not None  # LeNet-5: 32 to 35 pixels
        return SizeRule.FIXED if has_limit else SizeRule.ANY
    from timm.models import get_pretrained_cfg

    cfg = get_pretrained_cfg(row.plain)
    if cfg is None or not cfg.fixed_input_size:
        return SizeRule.ANY
    other = cfg.input_size[-1] * 2
    try:
        with torch.device("meta"), torch.no_grad():
            network = library_network(model, 2, image_px=other).eval()
            network(torch.empty(1, 3, other, other))
    except Exception:  # each network refuses in its own way
        return SizeRule.FIXED
    return SizeRule.INTERPOLATED
