import json
from dataclasses import replace

import pytest

from tlstudio.core.errors import ConfigError, ExportError
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.export.formats import EXPORT_FORMATS, ExportOption, ExportOptions
from tlstudio.core.export.receipt import TOLERANCE, Receipt

RECEIPT = Receipt(
    format="onnx",
    file="고양이.onnx",
    sha256="0" * 64,
    runtime="onnxruntime",
    versions={"onnxruntime": "1.22.0", "studio": "0.1.0"},
    cpu_flags=("avx2",),
    int8=False,
    dataset="개와 고양이",
    images=100,
    same=100,
    largest_difference=1e-6,
    largest_distance_difference=2e-6,
    same_known=100,
    accuracy_before=Share(90, 100),
    accuracy_after=Share(90, 100),
)
INT8 = replace(RECEIPT, int8=True, largest_difference=0.2, same=97)


def test_a_receipt_is_read_as_it_was_written():
    text = json.dumps(RECEIPT.to_values())
    assert Receipt.from_values(json.loads(text)) == RECEIPT
    assert json.loads(text)["accuracy_after"]["interval"][0] == pytest.approx(0.826, abs=1e-3)


@pytest.mark.parametrize("values", [{}, {"format": 1}, {**RECEIPT.to_values(), "versions": 3}])
def test_what_is_no_receipt_is_refused(values):
    with pytest.raises(ValueError, match="not a receipt"):
        Receipt.from_values(values)


@pytest.mark.parametrize(
    ("receipt", "is_passed"),
    [
        (RECEIPT, True),
        (replace(RECEIPT, largest_difference=2 * TOLERANCE), False),
        (replace(RECEIPT, largest_difference=float("nan")), False),
        (replace(RECEIPT, largest_distance_difference=2 * TOLERANCE), False),
        (replace(RECEIPT, images=0, same=0), False),
        (replace(RECEIPT, same=98), False),
        (INT8, True),
        (replace(INT8, same=80), False),
        (replace(INT8, lost=9, gained=1, accuracy_after=Share(82, 100)), False),
        (replace(INT8, lost=3, gained=1, accuracy_after=Share(88, 100)), True),
        (replace(INT8, accuracy_before=None, accuracy_after=None), True),
    ],
)
def test_only_what_computes_the_same_passes(receipt, is_passed):
    assert receipt.is_passed is is_passed
    assert "{" not in str(receipt.sentence)
    error = receipt.error("/a/b.onnx.failed")
    assert isinstance(error, ExportError) and "/a/b.onnx.failed" in error.hint_text


def test_the_sentence_tells_intervals_in_whole_per_cents():
    assert "90.0 % (83–94) instead of 90.0 % (83–94)" in str(INT8.sentence)


@pytest.mark.parametrize("row", EXPORT_FORMATS, ids=lambda row: row.id)
def test_each_format_takes_its_own_options_and_no_others(row):
    for option, value in (
        (ExportOption.INT8, True),
        (ExportOption.OPSET, 20),
        (ExportOption.PREPROCESSING, True),
    ):
        options = ExportOptions(row.id, **{option.value: value})
        if option in row.options:
            assert options.check() is row
        else:
            with pytest.raises(ConfigError, match=option.value):
                options.check()


@pytest.mark.parametrize("options", [ExportOptions("tflite"), ExportOptions("onnx", opset=7)])
def test_unknown_formats_and_opsets_are_refused(options):
    with pytest.raises(ConfigError):
        options.check()
