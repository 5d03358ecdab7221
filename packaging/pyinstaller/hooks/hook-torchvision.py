"""torchvision, with its own library where that fits torch.

Since 0.29 the library is called `_C_stable`, and the hook that comes with PyInstaller misses it.
One that was built for CUDA is left out: see `before_torch.py`.
"""

from importlib.util import find_spec
from pathlib import Path

from PyInstaller.depend.bindepend import get_imports

_FOLDER = Path(find_spec("torchvision").submodule_search_locations[0])
_LIBRARIES = [
    path
    for path in _FOLDER.iterdir()
    if path.name.startswith("_C") and path.suffix in (".so", ".pyd")
]


def _wants_cuda(library):
    return any("cuda" in name for name, _ in get_imports(str(library)))


module_collection_mode = "pyz"
binaries = [(str(path), "torchvision") for path in _LIBRARIES if not _wants_cuda(path)]
excludedimports = [] if binaries else ["torchvision._C", "torchvision._C_stable"]
# reads files by itself; the studio decodes with Pillow
excludedimports += ["torchvision.image", "torchvision.image_stable"]
