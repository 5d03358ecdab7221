"""The settings of a run and the plan that follows from them, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlstudio.core.errors import TLStudioError
from tlstudio.core.strategies import FreezePlan, freeze_plan

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.networks.layers import LayerTree


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the next run: the configuration, and the freeze plan that follows from it.

    What is shown, forecast, trained and exported is this value, handed over whole: the plan that a
    person saw is the plan that is trained.

    Attributes:
        plan: None while the network's layers are not known, or where nothing can be planned.
        problem: why nothing can be planned; None where there is a plan, or no tree yet.
    """

    config: RunConfig
    plan: FreezePlan | None = None
    problem: TLStudioError | None = None

    @classmethod
    def of(cls, config: RunConfig, tree: LayerTree | None) -> Settings:
        """The settings with the plan for the network of `tree`; without one, no plan yet."""
        if tree is None:
            return cls(config)
        try:
            return cls(config, freeze_plan(tree, config.plan_options))
        except TLStudioError as error:
            return cls(config, problem=error.with_traceback(None))
