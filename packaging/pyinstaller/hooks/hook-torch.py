"""torch without its sources, headers, tests and tools.

Takes the place of the hook that comes with PyInstaller, which collects every module and every
source (250 MB). What is imported by name somewhere in torch is found; TorchScript's compiler, which
wants the sources, is switched off in `before_torch.py`.
"""

from pathlib import Path

from PyInstaller import compat
from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_dynamic_libs, get_package_paths

_TESTS_AND_TOOLS = ("_test.", "backend_with_compiler", "aoti_custom_ops", "nnapi_backend")

# These read the comments in their own sources.
_SETTINGS = (
    "_dynamo.config _export.config _functorch.config _inductor.config _inductor.config_comms "
    "compiler.config distributed.config fx.experimental._config utils.serialization.config"
)

module_collection_mode = {
    "torch": "pyz",
    **{f"torch.{name}": "pyz+py" for name in _SETTINGS.split()},
}
# imported by names in a table
hiddenimports = [
    f"torch._dynamo.polyfills.{path.stem}"
    for path in Path(get_package_paths("torch")[1], "_dynamo", "polyfills").glob("*.py")
    if path.stem != "__init__"
]
excludedimports = [
    "tensorboard",
    "torch.utils.tensorboard",
    "torch.utils.benchmark",
]
binaries = [
    (source, target)
    for source, target in collect_dynamic_libs(
        "torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"]
    )
    if not any(part in source for part in _TESTS_AND_TOOLS)
]
if not compat.is_win:
    # torch looks for it when it is imported
    binaries.append((get_package_paths("torch")[1] + "/bin/torch_shm_manager", "torch/bin"))

# Links to these in the folder above make torch look there for more of its libraries.
bindepend_symlink_suppression = ["**/torch/lib/*"]
