"""t-SNE: near ones stay as near as in scikit-learn, and each time the same."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
import torch
from sklearn.manifold import TSNE, trustworthiness

from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import resources_dir
from tlstudio.engine.map import tsne as module
from tlstudio.engine.map.affinities import calibrated, nearest_neighbours, symmetric
from tlstudio.engine.map.pca import principal_components
from tlstudio.engine.map.repulsion import exact_repulsion, grid_repulsion
from tlstudio.engine.map.tsne import Layout, tsne
from tlstudio.engine.threads import one_thread

NEAR = 12  # neighbours that are looked at


def digits(count: int) -> torch.Tensor:
    with gzip.open(resources_dir() / "samples" / "digits.csv.gz", "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.float32, max_rows=count)
    return torch.from_numpy(table[:, :64].copy())


@pytest.fixture(autouse=True)
def alone() -> object:
    """Several tests may run at once on few cores."""
    with one_thread():
        yield


def last_of(x: torch.Tensor, **options: int) -> Layout:
    return list(tsne(x, StopToken(), **options))[-1]


def test_near_ones_stay_near_as_they_do_with_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    x = digits(300)
    reference = TSNE(init="pca", random_state=0, max_iter=350).fit_transform(x.numpy())
    wanted = trustworthiness(x.numpy(), reference, n_neighbors=NEAR)
    plain = principal_components(x, 2).numpy()
    assert trustworthiness(x.numpy(), plain, n_neighbors=NEAR) < wanted - 0.1
    for exact_up_to in (1000, 0):  # by pairs, and by the grid
        monkeypatch.setattr(module, "EXACT_UP_TO", exact_up_to)
        found = last_of(x, steps=350).positions.numpy()
        assert trustworthiness(x.numpy(), found, n_neighbors=NEAR) > wanted - 0.02


def test_it_begins_with_the_principal_components_and_tells_of_its_way() -> None:
    x = digits(60)
    layouts = list(tsne(x, StopToken(), steps=25))
    assert [layout.step for layout in layouts] == [0, 10, 20, 25]
    start, plain = layouts[0].positions, principal_components(x, 2)
    torch.testing.assert_close(start / start.norm(), plain / plain.norm())
    assert all(torch.isfinite(layout.positions).all() for layout in layouts)


def test_equal_rows_make_equal_layouts_whatever_chance_did_before() -> None:
    x = digits(80)
    torch.manual_seed(1)
    first = last_of(x, steps=30)
    torch.manual_seed(2)
    assert torch.equal(first.positions, last_of(x, steps=30).positions)


def test_it_ends_where_it_is_told_to() -> None:
    stop = StopToken()
    layouts = tsne(digits(40), stop)
    next(layouts)
    assert next(layouts).step == 10
    stop.stop()
    assert not list(layouts)


@pytest.mark.parametrize("rows", [[0.0] * 9, [0.0, 1.0] * 5, [0.0, 1.0, 2.0, 3.0, 4.0]])
def test_equal_rows_few_rows_and_one_column_have_a_layout(rows: list[float]) -> None:
    found = last_of(torch.tensor(rows)[:, None], steps=30)
    assert torch.isfinite(found.positions).all()


@pytest.mark.parametrize("spread", [0.5, 2.0, 15.0])
def test_the_grid_pushes_as_the_pairs_do(spread: float) -> None:
    points = torch.from_numpy(np.random.default_rng(0).normal(size=(300, 2)) * spread).float()
    exact, total = exact_repulsion(points)
    push, about = grid_repulsion(points)
    assert float((push - exact).norm() / exact.norm()) < 0.08
    assert float(about) == pytest.approx(float(total), rel=0.02)


def test_the_grid_is_bounded_however_far_apart_points_are() -> None:
    points = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1e5, 0.0], [0.0, -1e5]])
    push, total = grid_repulsion(points)
    assert push.shape == (4, 2) and torch.isfinite(push).all() and torch.isfinite(total)


@pytest.mark.parametrize("shape", [(50, 8), (8, 50)])
def test_principal_components_are_those_of_the_singular_values(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    found = principal_components(torch.from_numpy(x), 3).numpy()
    u, s, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    largest = np.abs(vt).argmax(axis=1)
    wanted = u * s * np.sign(vt[np.arange(len(vt)), largest])
    np.testing.assert_allclose(found, wanted[:, :3], atol=1e-4)


def test_neighbours_are_the_nearest_and_weights_have_the_perplexity() -> None:
    x = np.random.default_rng(0).normal(size=(120, 5)).astype(np.float32)
    near = nearest_neighbours(torch.from_numpy(x), 20, StopToken())
    assert near is not None
    squared, numbers = near
    apart = ((x[:, None] - x[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    assert numbers.tolist() == np.argsort(apart, axis=1, kind="stable")[:, :20].tolist()
    weights = calibrated(squared, 7.0).double()
    np.testing.assert_allclose(weights.sum(dim=1), 1, atol=1e-6)
    np.testing.assert_allclose((-(weights * weights.log()).sum(dim=1)).exp(), 7.0, atol=1e-3)
    joined = symmetric(numbers, weights.float())
    dense = np.zeros((120, 120))
    rows = np.repeat(np.arange(120), np.diff(joined.offsets.numpy()))
    dense[rows, joined.columns.numpy()] = joined.values.numpy()
    one_way = np.zeros((120, 120))
    np.put_along_axis(one_way, numbers.numpy(), weights.numpy(), axis=1)
    np.testing.assert_allclose(dense, (one_way + one_way.T) / 240, atol=1e-8)
