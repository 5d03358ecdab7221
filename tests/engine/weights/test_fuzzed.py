"""Some hundred files of the scorecard `tests/benchmarks/weight_files.py`, always the same ones."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.weight_files import File, bases, fuzzed, malicious
from tests.engine.weights.hostile import walked
from tlstudio.core.errors import WeightsError
from tlstudio.engine.weights.read import read_weights


def read(file: File, folder: Path) -> bool:
    path = folder / f"w{Path(file.name).suffix}"
    file.write(path)
    try:
        walked(read_weights(path).values)
    except WeightsError as error:
        assert f"{error}{error.hint_text}".isprintable(), file.name
        return False
    return True


def test_fuzzed_files_are_read_or_refused(tmp_path: Path) -> None:
    found = [read(file, tmp_path) for file in fuzzed(seed=15, count=300)]
    assert 10 < sum(found) < 200


def test_malicious_files_do_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    found = [read(file, tmp_path) for file in malicious(str(marker))]
    assert len(found) > 100
    assert sum(found) > 20  # the tensors beside the call are read
    assert not marker.exists()


def test_what_is_fuzzed_is_read_while_it_is_whole(tmp_path: Path) -> None:
    for name, data in bases().items():
        if name != "bare.pkl":
            assert read(File("whole", name, lambda data=data: data), tmp_path), name  # type: ignore[misc]
