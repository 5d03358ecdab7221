"""Follows a target: sets the studio up as a lesson, an answer or a table wants, and shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.target import Target
from tlstudio.gui.app import data_views, model_page, train_page
from tlstudio.gui.app.model_page import ModelTab
from tlstudio.gui.state.session import Session, Step

VIEWS = {
    Step.DATA: data_views.VIEWS,
    Step.MODEL: model_page.VIEWS,
    Step.TRAIN: train_page.VIEWS,
}


def follow(target: Target, session: Session, pages: Mapping[Step, QWidget]) -> None:
    """Open the sample that it names where no dataset is, change settings, and show its view.

    Settings stay as they are while a run goes on, which the person is told.
    """
    if target.dataset and session.datasets.index is None:
        session.datasets.open_sample(target.dataset)
    if target.settings and session.run.active:
        session.notifications.info(
            QCoreApplication.translate(
                "targets", "The settings stay as they are while a run goes on."
            )
        )
    elif target.settings:
        session.network.change(**target.settings)
    if not target.page:
        return
    step = Step(target.page)
    view = next((spec.view for spec in VIEWS.get(step, ()) if spec.view.value == target.tab), None)
    has_views = step is not Step.DATA or session.datasets.index is not None
    if view is not None and not has_views:
        session.data_tab = view.value  # shown as soon as a dataset is open
    session.go_to(step)
    if view is not None and has_views:
        cast(Any, pages[step]).show_tab(view)
    if target.recipe:
        _choose_recipe(session)
    if view is ModelTab.FEATURES:
        _show_photo(session)
    if target.models:
        session.beside.show(target.models)  # a single one ends a set


def _choose_recipe(session: Session) -> None:
    from tlstudio.gui.features.race.state import RaceState

    session.feature(RaceState).choose_recipe()


def _show_photo(session: Session) -> None:
    """The photo of the lesson, in a view of feature maps that would be empty."""
    from tlstudio.gui.features.feature_maps.state import FeatureMapsState
    from tlstudio.gui.features.learn.state import LearnState

    features, photo = session.feature(FeatureMapsState), session.feature(LearnState).photo
    if features.image is None and photo is not None:
        features.set_image(photo)
