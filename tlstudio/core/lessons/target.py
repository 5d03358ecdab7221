"""A place or set-up of the studio that a lesson, a quiz answer or a table leads to."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

# The pages of the window and the views of each, by the names that the window gives them; a test of
# the window says that they are these.
PLACES: Mapping[str, tuple[str, ...]] = {
    "data": ("images", "network", "findings", "map", "statistics", "more", "left_out"),
    "model": ("choose", "compare", "rank", "layers", "picture", "features"),
    "train": ("run", "plan", "advice", "rate", "race", "folds"),
    "results": (),
    "use": (),
    "runs": (),
}
BESIDE = ("layers", "picture")  # the views that can show several networks


@dataclass(frozen=True, slots=True)
class Target:
    """Either a place of the Learn window (`lesson`, `paper`, `quiz`), or a set-up of the studio.

    Attributes:
        lesson: id of a lesson.
        paper: id of a table of printed against counted numbers.
        quiz: the quiz cards.
        step: a page, a key of `PLACES`; empty for the one that `tab` belongs to.
        tab: a view of that page; empty for the one that it shows now.
        models: names in the catalog: one is chosen, several are shown side by side.
        strategy: the freeze strategy, by its name in the configuration.
        dataset: name of a sample dataset that is opened if no dataset is.
        changes: further settings as (name in `RunConfig`, value) pairs.
        recipe: a published experiment that Race is set up with, by its name.
    """

    lesson: str = ""
    paper: str = ""
    quiz: bool = False
    step: str = ""
    tab: str = ""
    models: tuple[str, ...] = ()
    strategy: str = ""
    dataset: str = ""
    changes: tuple[tuple[str, object], ...] = ()
    recipe: str = ""

    @property
    def place(self) -> str:
        """Its place in the Learn window, such as ``lesson/pooling``; empty where it has none."""
        if self.lesson:
            return f"lesson/{self.lesson}"
        if self.paper:
            return f"paper/{self.paper}"
        return "quiz" if self.quiz else ""

    @property
    def page(self) -> str:
        """Its page: `step`, or else the one that has its tab; empty where it is none."""
        if self.step or not self.tab:
            return self.step
        return next((step for step, tabs in PLACES.items() if self.tab in tabs), "")

    @property
    def settings(self) -> dict[str, object]:
        """The settings that it changes, by their names in `RunConfig`."""
        model = {"model": self.models[0]} if len(self.models) == 1 else {}
        strategy = {"strategy": self.strategy} if self.strategy else {}
        return {**model, **strategy, **dict(self.changes)}


def faults(
    target: Target,
    models: Container[str],
    lessons: Container[str],
    papers: Container[str] = (),
) -> Iterator[str]:
    """Say what of a target does not exist; nothing for one that can be followed.

    Args:
        models: names of the catalog.
        lessons: ids of all lessons.
        papers: ids of all tables of printed numbers.
    """
    from tlstudio.core.race.recipes import RECIPES  # not needed before the first paint

    if target.lesson and target.lesson not in lessons:
        yield f"there is no lesson {target.lesson!r}"
    if target.paper and target.paper not in papers:
        yield f"there is no table {target.paper!r}"
    if not target.place and not target.page and not target.dataset:
        yield "it leads nowhere"
    if target.page and target.page not in PLACES:
        yield f"there is no page {target.page!r}"
    if target.tab and target.tab not in PLACES.get(target.page, ()):
        yield f"there is no view {target.tab!r}"
    for model in target.models:
        if model not in models:
            yield f"there is no network {model!r}"
    if target.recipe and (target.recipe not in RECIPES.names or target.tab != "race"):
        yield f"Race has no recipe {target.recipe!r}"
    if len(target.models) > 1 and target.tab not in BESIDE:
        yield "several networks are shown in Layers and Picture alone"
