"""onnxruntime with what its quantiser finds by a path that it puts among Python's own.

``onnxruntime.transformers`` puts its folder there and imports its modules by their bare names,
which PyInstaller cannot see (``transformers/__init__.py`` of
https://github.com/microsoft/onnxruntime). To be deleted when it imports them as
parts of the package.
"""

from pathlib import Path

from PyInstaller.utils.hooks import get_package_paths

_FOLDER = "onnxruntime/transformers"
_SITE = Path(get_package_paths("onnxruntime")[0])

datas = [
    (str(_SITE / _FOLDER / f"{name}.py"), _FOLDER)
    for name in ("float16", "fusion_utils", "onnx_model", "shape_infer_helper")
]
hiddenimports = ["packaging.version"]
