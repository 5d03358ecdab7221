"""Builds nested graphs from a forward pass: one for each module with modules inside."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from torch import nn

from tlstudio.core.networks.blocks.graph import (
    INPUT,
    OUTPUT,
    BlockGraph,
    BlockKind,
    BlockNode,
    edges_of,
)
from tlstudio.engine.inspection.blocks.titles import (
    leaf_kind,
    leaf_title,
    operation_kind,
    operation_title,
    own_parameters,
    takes_learned,
)
from tlstudio.engine.inspection.blocks.trace import Call, Learned, Step, Trace

_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")


@dataclass(eq=False, slots=True)
class _Joined:
    """Learned values where they join the others, such as a class token."""

    learned: Learned
    call: Call
    number: int


_Atom = Call | Step | _Joined  # a layer, an operation, or learned values: what cannot be opened


@dataclass(slots=True)
class _Level:
    """The pairs between the direct parts of one container, by their keys."""

    parts: dict[str, _Atom] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)


def nested_graph(trace: Trace) -> BlockGraph:
    """The graph of the network's direct parts, each with its own graph inside."""
    return _Nesting(trace).graph(trace.root)


class _Nesting:
    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._leaf_steps: dict[Call, list[Step]] = {}
        self._atoms: dict[Step, Call | Step | None] = {}
        self._kinds: dict[_Atom, BlockKind] = {}
        self._origins: dict[Step, tuple[_Atom | Learned | None, ...]] = {}
        self._levels: dict[Call, _Level] = {trace.root: _Level()}
        self._keys: dict[_Atom, str] = {}
        self._used: set[str] = {INPUT, OUTPUT}
        self._find_atoms()
        self._link_all()

    # -- what can't be opened ----------------------------------------------------------------

    def _find_atoms(self) -> None:
        leaves: dict[Call, Call | None] = {}
        for step in self._trace.steps:
            leaf = self._leaf_of(step.call, leaves)
            self._atoms[step] = leaf
            if leaf is not None:
                self._leaf_steps.setdefault(leaf, []).append(step)
        for leaf, steps in self._leaf_steps.items():
            kind = leaf_kind(leaf, steps)
            if kind is None:
                self._atoms.update(dict.fromkeys(steps))
            else:
                self._kinds[leaf] = kind
        hidden = set(self._leaf_steps) - self._kinds.keys()
        for step, atom in self._atoms.items():
            if atom is None and leaves[step.call] not in hidden:
                kind = operation_kind(step)
                if kind is not None:
                    self._atoms[step] = step
                    self._kinds[step] = kind

    def _leaf_of(self, call: Call, known: dict[Call, Call | None]) -> Call | None:
        """The outermost layer that `call` is part of."""
        if call not in known:
            above = self._leaf_of(call.above, known) if call.above is not None else None
            known[call] = above or (call if _is_layer(call) else None)
        return known[call]

    # -- what flows ------------------------------------------------------------------------------

    def _link_all(self) -> None:
        joined: dict[tuple[str, Call], _Joined] = {}
        for step in self._trace.steps:
            atom = self._atoms[step]
            if atom is None:
                continue
            for source in step.sources:
                for origin in self._origins_of(source):
                    if isinstance(origin, Learned):
                        if atom is not step or not takes_learned(self._kinds[atom]):
                            continue
                        place = (origin.name, step.call)
                        new = _Joined(origin, step.call, step.number)
                        origin = joined.setdefault(place, new)
                        self._kinds[origin] = BlockKind.PARAMETER
                    if origin is not atom:
                        self._link(origin, atom)
        for source in self._trace.last:
            for origin in self._origins_of(source):
                if origin is not None and not isinstance(origin, Learned):
                    self._link(origin, None)

    def _origins_of(self, source: Step | Learned | None) -> tuple[_Atom | Learned | None, ...]:
        """The drawn parts that the values of `source` come from; None is the image."""
        if source is None or isinstance(source, Learned):
            return (source,)
        if source not in self._origins:
            atom = self._atoms[source]
            found: dict[_Atom | Learned | None, None] = {}
            if atom is not None:
                found[atom] = None
            else:
                for further in source.sources:
                    found.update(dict.fromkeys(self._origins_of(further)))
                if source.is_of_image:
                    found = {o: None for o in found if not isinstance(o, Learned)}
            self._origins[source] = tuple(found)
        return self._origins[source]

    def _link(self, source: _Atom | None, target: _Atom | None) -> None:
        """An edge between the two at the level where they part, and to the ends of those below."""
        before = _chain(source) if source is not None else []
        after = _chain(target) if target is not None else []
        shared = 0
        for one, other in zip(before, after, strict=False):
            if one is not other:
                break
            shared += 1
        shared = max(shared, 1)
        if source is not None and target is not None:
            level = self._level(before[shared - 1])
            level.pairs.append(
                (self._part(level, before[shared]), self._part(level, after[shared]))
            )
        for depth in range(shared if target is not None else 0, len(before) - 1):
            level = self._level(before[depth])
            level.pairs.append((self._part(level, before[depth + 1]), OUTPUT))
        for depth in range(shared if source is not None else 0, len(after) - 1):
            level = self._level(after[depth])
            level.pairs.append((INPUT, self._part(level, after[depth + 1])))

    def _level(self, call: _Atom) -> _Level:
        assert isinstance(call, Call)
        return self._levels.setdefault(call, _Level())

    def _part(self, level: _Level, part: _Atom) -> str:
        key = self._key(part)
        level.parts.setdefault(key, part)
        return key

    def _key(self, part: _Atom) -> str:
        if part not in self._keys:
            if isinstance(part, Call):
                wanted = part.path
            elif isinstance(part, Step):
                wanted = f"{part.call.path}/{part.name}"
            else:
                wanted = part.learned.name
            key, count = wanted, 1
            while key in self._used:
                count += 1
                key = f"{wanted}#{count}"
            self._used.add(key)
            self._keys[part] = key
        return self._keys[part]

    # -- values --------------------------------------------------------------------------------

    def graph(self, call: Call) -> BlockGraph:
        """The parts of one container, in order of execution, without dead ends."""
        level = self._levels[call]
        order = sorted(level.parts.items(), key=lambda item: self._first_number(item[1]))
        alive = _alive(level.pairs)
        nodes = tuple(self._node(key, part) for key, part in order if key in alive)
        rank = {key: number for number, (key, _) in enumerate(order, start=1)}
        rank |= {INPUT: 0, OUTPUT: len(rank) + 1}
        pairs = [p for p in level.pairs if p[0] in alive and p[1] in alive]
        pairs = [p for p in pairs if rank[p[0]] < rank[p[1]]]
        return BlockGraph(nodes, edges_of(sorted(pairs, key=lambda p: (rank[p[0]], rank[p[1]]))))

    def _first_number(self, part: _Atom) -> float:
        if isinstance(part, Call):
            return self._first_steps.get(part, 0)
        return part.number - (0.5 if isinstance(part, _Joined) else 0)

    @property
    def _first_steps(self) -> dict[Call, int]:
        if not hasattr(self, "_firsts"):
            self._firsts: dict[Call, int] = {}
            for step in self._trace.steps:
                if self._atoms[step] is not None:
                    for call in step.call.chain():
                        self._firsts.setdefault(call, step.number)
        return self._firsts

    def _node(self, key: str, part: _Atom) -> BlockNode:
        if isinstance(part, _Joined):
            title = part.learned.name.rpartition(".")[2].replace("_", " ")
            shape = part.learned.shape
            count = 1
            for side in shape:
                count *= side
            return BlockNode(key, "", BlockKind.PARAMETER, title, out_shape=shape, parameters=count)
        if isinstance(part, Step):
            return self._operation(key, part)
        kind = self._kinds.get(part)
        return BlockNode(
            key=key,
            path=part.path,
            kind=kind or BlockKind.GROUP,
            title=leaf_title(part, kind) if kind else "",
            class_name=type(part.module).__name__,
            in_shape=part.in_shape,
            out_shape=part.out_shape,
            parameters=own_parameters(part.module),
            windows=_windows(self._leaf_steps[part][-1].shape) if kind is BlockKind.SOFTMAX else 0,
            inside=None if kind else self.graph(part),
            connections=getattr(part.module, "connections", ()),
        )

    def _operation(self, key: str, step: Step) -> BlockNode:
        kind = self._kinds[step]
        learned = [s for s in step.sources if isinstance(s, Learned)]
        if kind in (BlockKind.ADD, BlockKind.CONCAT):
            learned = []
        owner = learned[0].name.rpartition(".")[0] if learned else ""
        parameters = 0
        for values in learned:
            count = 1
            for side in values.shape:
                count *= side
            parameters += count
        is_attention = kind in (BlockKind.SOFTMAX, BlockKind.ATTENTION)
        return BlockNode(
            key=key,
            path=owner if owner != step.call.path else "",
            kind=kind,
            title=operation_title(step, kind),
            in_shape=step.in_shapes[0][1:] if step.in_shapes else (),
            out_shape=step.shape[1:],
            parameters=parameters,
            windows=_windows(step.shape) if is_attention else 0,
        )


def _windows(shape: tuple[int, ...]) -> int:
    """Parts of one image in attention values ``[..., heads, queries, keys]``; 0 for one part."""
    count = math.prod(shape[:-3])
    return count if count > 1 else 0


def _is_layer(call: Call) -> bool:
    """Whether a module is drawn whole: it has no modules inside, or is one of torch's layers."""
    module = call.module
    if next(module.children(), None) is None:
        return True
    name = type(module).__name__
    if name in _CONTAINERS:
        return False
    is_torchs = type(module).__module__.startswith("torch.nn.modules")
    return is_torchs or ("Norm" in name and isinstance(module, nn.modules.batchnorm._NormBase))


def _chain(part: _Atom) -> list[_Atom]:
    """Return the chain of calls from the network to the part itself."""
    if isinstance(part, Call):
        return list(part.chain())
    return [*part.call.chain(), part]


def _alive(pairs: list[tuple[str, str]]) -> set[str]:
    """Return the nodes that lead to the output, and the two ends."""
    sources: dict[str, list[str]] = {}
    for source, target in pairs:
        sources.setdefault(target, []).append(source)
    todo, alive = [OUTPUT], {INPUT, OUTPUT}
    while todo:
        for source in sources.get(todo.pop(), ()):
            if source not in alive:
                alive.add(source)
                todo.append(source)
    return alive
