"""The layers of a network as plain values: what the freeze tree shows and strategies read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True, slots=True)
class LayerNode:
    """A module of a network.

    Attributes:
        path: module path as `named_modules` spells it; empty for the root.
        kind: class name, e.g. ``Conv2d``.
        output_shape: of one image, without the batch axis, e.g. ``(512, 7, 7)``; empty if unknown.
        own_parameters: elements of the parameters that the module itself holds.
        parameters: the same with all modules below.
        order: position in the order of execution; the root and containers have that of their
            first child.
        is_head: whether it is the head or lies within it.
        is_norm: whether it is a normalisation layer with running statistics.
        children: in order of execution.
    """

    path: str
    kind: str
    output_shape: tuple[int, ...]
    own_parameters: int
    parameters: int
    order: int
    is_head: bool = False
    is_norm: bool = False
    children: tuple[LayerNode, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def walk(self) -> Iterator[LayerNode]:
        """The node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class LayerTree:
    """The module tree of one network.

    Attributes:
        model: name of the model in the catalog.
        num_classes: outputs of its head.
        root: the network itself.
        head_path: path of the module that was replaced to fit the classes.
    """

    model: str
    num_classes: int
    root: LayerNode
    head_path: str

    @cached_property
    def nodes(self) -> dict[str, LayerNode]:
        """The nodes by their paths, parents first."""
        return {node.path: node for node in self.root.walk()}

    @cached_property
    def layers(self) -> tuple[LayerNode, ...]:
        """The nodes that hold parameters themselves, in order of execution."""
        return tuple(
            sorted((n for n in self.nodes.values() if n.own_parameters), key=lambda n: n.order)
        )

    @cached_property
    def stages(self) -> tuple[LayerNode, ...]:
        """The coarse steps from input to head: a trunk that holds most of the network is opened."""
        return tuple(self._stages_in(self.root))

    def _stages_in(self, parent: LayerNode) -> Iterator[LayerNode]:
        for child in parent.children:
            if not child.parameters:
                continue
            if self._is_trunk(child, parent):
                yield from self._stages_in(child)
            else:
                yield child

    def _is_trunk(self, node: LayerNode, parent: LayerNode) -> bool:
        """Whether most of the network is in it, one step after another.

        The last stage of a ResNet holds most as well, but stands beside others of its kind.
        """
        if node.is_head or node.parameters <= 0.5 * self.root.parameters or len(node.children) < 2:
            return False
        if not _holds_head(node) and any(
            other.kind == node.kind and other.parameters and not _holds_head(other)
            for other in parent.children
            if other is not node
        ):
            return False
        if node.kind in _TRUNK_KINDS:
            return True
        # An encoder is the list of its blocks, with a norm or a dropout beside it.
        largest = max(node.children, key=lambda child: child.parameters)
        return largest.kind in _TRUNK_KINDS and largest.parameters > 0.9 * node.parameters

    @property
    def stage_parents(self) -> frozenset[str]:
        """Paths of whatever the stages lie in: a view that opens these shows the stages."""
        return frozenset(path for stage in self.stages for path in paths_above(stage.path))

    @property
    def parameters(self) -> int:
        return self.root.parameters

    def with_classes(self, num_classes: int) -> LayerTree:
        """The same network with a head for so many classes."""
        return replace(self, num_classes=num_classes, root=self._fitted(self.root, num_classes))

    def _fitted(self, node: LayerNode, num_classes: int) -> LayerNode:
        children = tuple(self._fitted(child, num_classes) for child in node.children)
        own, shape = node.own_parameters, node.output_shape
        is_behind = node.order >= self.nodes[self.head_path].order or _holds_head(node)
        if is_behind and shape[:1] == (self.num_classes,):
            shape = (num_classes, *shape[1:])
            own = own // self.num_classes * num_classes if node.is_head else own
        old = node.own_parameters + sum(child.parameters for child in node.children)
        new = own + sum(child.parameters for child in children)
        return replace(
            node,
            output_shape=shape,
            own_parameters=own,
            parameters=node.parameters - old + new,
            children=children,
        )

    def layers_below(self, path: str) -> tuple[LayerNode, ...]:
        """The layers with parameters at or below `path`; all for the root's empty path."""
        if not path:
            return self.layers
        return tuple(
            layer
            for layer in self.layers
            if layer.path == path or layer.path.startswith(path + ".")
        )


def _holds_head(node: LayerNode) -> bool:
    return any(layer.is_head for layer in node.walk())


def paths_above(path: str) -> list[str]:
    """Return the paths of the modules around `path`: ``a.b.c`` gives ``a.b`` and ``a``."""
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]


_TRUNK_KINDS = frozenset({"Sequential", "ModuleList", "Features"})
