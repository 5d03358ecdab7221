"""The freezing part of a script: what trains, from which epoch on, and how fast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from tlstudio.core.strategies import PlanPhase
from tlstudio.engine.code_export.facts import RunFacts
from tlstudio.engine.code_export.sections import assignment, block, indented, joined, text_of
from tlstudio.engine.training.freezing import apply_phase, set_train_mode


def is_in_phases(facts: RunFacts) -> bool:
    """Whether some parameters begin to train later than others."""
    return len(facts.plan.phases) > 1


def trains_whole(facts: RunFacts) -> bool:
    """Whether everything trains from the start."""
    return len(facts.plan.phases[0].rates) == _holders(facts.network)


def has_rates(facts: RunFacts) -> bool:
    """Whether some layers learn more slowly than others."""
    return set(facts.plan.last.rates.values()) != {1.0}


def freezing_code(facts: RunFacts) -> str:
    """Lines that freeze, and the function that puts modules into their modes; may be empty."""
    return joined([_trainable(facts), _modes(facts)], 2)


def starts_of(facts: RunFacts) -> list[tuple[int, tuple[str, ...]]]:
    """Return ``(first epoch, name prefixes of the parameters that train from then on)``."""
    first: dict[str, int] = {}
    for phase in facts.plan.phases:
        for name in _rates(facts.network, phase):
            first.setdefault(name, phase.first_epoch)
    return [
        (epoch, prefixes(_names(facts), (n for n in first if first[n] == epoch)))
        for epoch in sorted(set(first.values()))
    ]


def rates_code(facts: RunFacts) -> str:
    """The table of multiples of the learning rate; empty where all are 1."""
    if not has_rates(facts):
        return ""
    rates = _rates(facts.network, facts.plan.last)
    rows = [
        f"({rate!r}, {_tuple(prefixes(_names(facts), (n for n in rates if rates[n] == rate)))}),\n"
        for rate in sorted(set(rates.values()), reverse=True)
    ]
    return "# Multiples of the learning rate, and how names of the parameters begin.\n" + _table(
        "RATES", rows, "[]"
    )


def _names(facts: RunFacts) -> list[str]:
    return [name for name, _ in facts.network.named_parameters()]


def prefixes(names: Sequence[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """The shortest beginnings that the `wanted` ones of `names` have and no others."""
    wanted = set(wanted)
    found: list[str] = []

    def look(start: str, inside: list[str]) -> None:
        if not any(name in wanted for name in inside):
            return
        if start and all(name in wanted for name in inside):
            found.append(start)
            return
        rooms: dict[str, list[str]] = {}
        for name in inside:
            rest = name.removeprefix(start)
            room, dot, _ = rest.partition(".")
            rooms.setdefault(start + room + dot, []).append(name)
        for room, members in rooms.items():
            look(room, members)

    look("", list(names))
    others = [name for name in names if name not in wanted]
    assert not any(name.startswith(tuple(found)) for name in others), "a name begins with another"
    return tuple(found)


def _rates(network: nn.Module, phase: PlanPhase) -> Mapping[str, float]:
    """The multiple of each parameter that trains; a shared one goes with the fastest."""
    own = {id(parameter): name for name, parameter in network.named_parameters()}
    rates: dict[str, float] = {}
    modules = dict(network.named_modules())
    for path, rate in phase.rates.items():
        for parameter in modules[path].parameters(recurse=False):
            name = own[id(parameter)]
            rates[name] = max(rate, rates.get(name, 0.0))
    return rates


def _holders(network: nn.Module) -> int:
    return sum(1 for m in network.modules() if next(m.parameters(recurse=False), None) is not None)


def _spelled(names: tuple[str, ...]) -> list[str]:
    return [text_of(name) for name in names]


def _tuple(names: tuple[str, ...]) -> str:
    """Write a tuple of names in Python, over several lines where it is long."""
    text = assignment("=", _spelled(names), "()", width=80)
    return text.removeprefix("= = ").rstrip("\n")


def _table(name: str, rows: Iterable[str], brackets: str) -> str:
    return f"{name} = {brackets[0]}\n{indented(''.join(rows))}{brackets[1]}\n"


def _trainable(facts: RunFacts) -> str:
    if is_in_phases(facts):
        table = _table(
            "TRAINS_FROM",
            (f"{epoch}: {_tuple(names)},\n" for epoch, names in starts_of(facts)),
            "{}",
        )
        return "# From these epochs on parameters train whose names begin so.\n" + joined(
            [table, block(_UNFREEZE)], 2
        )
    if trains_whole(facts):
        return ""
    [(_, names)] = starts_of(facts)
    note = "names of parameters that train begin so"
    return assignment("TRAINABLE", _spelled(names), "()", note) + block(
        """
        for name, parameter in network.named_parameters():
            parameter.requires_grad = name.startswith(TRAINABLE)
        """
    )


_UNFREEZE = '''
def unfreeze(epoch):
    """Let everything train whose time has come; the rest stays frozen."""
    names = tuple(name for start in TRAINS_FROM if start <= epoch for name in TRAINS_FROM[start])
    for name, parameter in network.named_parameters():
        parameter.requires_grad = name.startswith(names)
'''


def needs_modes(facts: RunFacts) -> bool:
    """Whether ``network.train()`` alone would wake what is frozen."""
    return any(not _is_all_awake(facts, phase) for phase in facts.plan.phases)


def _is_all_awake(facts: RunFacts, phase: PlanPhase) -> bool:
    network = facts.network
    apply_phase(network, phase)
    set_train_mode(network, phase)
    return all(module.training for module in network.modules())


def _modes(facts: RunFacts) -> str:
    """The function that says which modules are in train mode; empty where all of them are."""
    if not needs_modes(facts):
        return ""
    norms = [module for module in facts.network.modules() if _is_norm(module)]
    policy = facts.config.norms if norms else "with_layer"
    plain = all(isinstance(module, nn.BatchNorm2d) for module in norms)
    is_norm = "isinstance(module, nn.BatchNorm2d)" if plain else _HAS_STATISTICS
    if trains_whole(facts) and not is_in_phases(facts):
        return block(_ALL_BUT_NORMS, is_norm=is_norm)
    what, then = {
        "with_layer": ("What is frozen does not drop out, and its BatchNorm does not adapt.", ""),
        "fixed": ("What is frozen does not drop out, and no BatchNorm adapts.", "False"),
        "adapt": ("What is frozen does not drop out, but every BatchNorm adapts.", "True"),
    }[policy]
    if not norms:
        what = "What is frozen does not drop out."
    special = f"\n    if {is_norm}:\n        module.training = {then}" if then else ""
    return block(_MODES, what=what, special=special)


_HAS_STATISTICS = 'getattr(module, "running_mean", None) is not None'

_ALL_BUT_NORMS = '''
def set_train_mode(network):
    """Everything trains, but BatchNorm keeps the means and variances that it has."""
    network.train()
    for module in network.modules():
        if <is_norm>:
            module.eval()
'''

_MODES = '''
def set_train_mode(module, trains=True):
    """<what>"""
    parameters = list(module.parameters())
    if parameters:  # a module without any goes with the one around it
        trains = any(parameter.requires_grad for parameter in parameters)
    module.training = trains<special>
    for child in module.children():
        set_train_mode(child, trains)
'''


def _is_norm(module: nn.Module) -> bool:
    return isinstance(module, _NormBase) and bool(module.track_running_stats)
