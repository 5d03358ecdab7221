"""Names of classes in checkpoints and in text files."""

from pathlib import Path

import pytest

from tlstudio.core.errors import WeightsError
from tlstudio.engine.weights.class_names import read_class_names, stated_class_names


@pytest.mark.parametrize(
    "values",
    [
        {"classes": ["개", "cat"]},
        {"class_to_idx": {"cat": 1, "개": 0}},
        {"hyper_parameters": {"id2label": {"1": "cat", "0": "개"}}},
        {"args": {"other": {"idx_to_class": {1: "cat", 0: "개"}}}},
        {"names": ["a", "b", "c"], "labels": ("개", "cat")},
    ],
)
def test_a_checkpoint_may_state_them(values: dict[str, object]) -> None:
    assert stated_class_names(values, 2) == ("개", "cat")


@pytest.mark.parametrize(
    "names",
    [["a", "a"], ["a", ""], ["a", 3], ["a", "x\x1b[31m"], {"a": 0, "b": 2}, {"a": "b"}, "ab", None],
)
def test_what_is_no_list_of_names_is_not_taken(names: object) -> None:
    assert stated_class_names({"classes": names}, 2) == ()


@pytest.mark.parametrize(
    "text",
    ["\ufeff개\n  cat \n\n", '["개", "cat"]', '{"0": ["n0", "개"], "1": ["n1", "cat"]}'],
)
def test_a_text_file_has_one_name_a_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text(text, encoding="utf-8")
    assert read_class_names(path) == ("개", "cat")


@pytest.mark.parametrize("data", [b"", b"a\na\n", b"\xff\xfe\x00", b"[" * 9999, b'{"a": 7}'])
def test_another_file_is_refused_in_a_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(data)
    for wanted in (path, tmp_path / "gone.txt"):
        with pytest.raises(WeightsError, match="holds no names"):
            read_class_names(wanted)
