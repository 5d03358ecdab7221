"""Composes the web page: its look and texts, the network, and what runs it, in one HTML file."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import tlstudio
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.storage import resources_dir
from tlstudio.engine.export.web.runtime import WebRuntime, notice

TEMPLATE = "page.html.j2"
STYLE = "page.css"
SCRIPTS = ("preprocessing.js", "network.js", "app.js")
TEXTS = "texts.json"
START = "start(openNetwork(facts.preprocessing));"
ICON = "icons/tlstudio-32.png"

# Nothing is loaded from anywhere and nothing is sent: of scripts, only the page's own is run, and
# the runtime that it unpacks (blob:).
_POLICY = (
    "default-src 'none'; script-src 'sha256-{script}' 'wasm-unsafe-eval' blob:; "
    "style-src 'sha256-{style}'; img-src data: blob:; media-src blob: mediastream:; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class PageAccuracy:
    """How many of so many validation images are right, with the interval of 95 %."""

    share: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says, and needs to make sense of its network.

    Attributes:
        title: of the page.
        classes: in the order of the probabilities.
        preprocessing: of images for the network.
        limits: for each class the distance above which an image taken for it is none of these,
            infinite where none is; empty where the network cannot say so.
        level: share of known images that may be refused.
        network, precision, created, licence: told in the page's details; may be empty.
        accuracy: likewise; None where it is not known.
    """

    title: str
    classes: Sequence[str]
    preprocessing: Preprocessing
    limits: Sequence[float] = ()
    level: float = 0.0
    network: str = ""
    precision: str = ""
    created: str = ""
    licence: str = ""
    accuracy: PageAccuracy | None = None

    def to_values(self) -> dict[str, Any]:
        """The facts as JSON has them."""
        limits = [limit if math.isfinite(limit) else None for limit in self.limits]
        values = asdict(self)
        values["preprocessing"] = self.preprocessing.to_dict()
        return {**values, "classes": list(self.classes), "limits": limits or None}


def compose_page(onnx: bytes, facts: PageFacts, runtime: WebRuntime) -> str:
    """The page as HTML.

    Args:
        onnx: a network that takes float32 ``[1, C, H, W]``, normalised, and gives ``probabilities``
            ``[1, classes]`` and, where `facts` has limits, ``distance`` ``[1]``.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    folder = resources_dir() / "web_page"
    style = _text(folder / STYLE)
    script = "\n".join(['"use strict";', *(_text(folder / name) for name in SCRIPTS), START])
    policy = _POLICY.format(script=_digest(script), style=_digest(style))
    parts = {
        "loader": runtime.loader,
        "wasm": runtime.wasm,
        "model": gzip.compress(onnx, 9, mtime=0),
    }
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    icon = base64.b64encode((resources_dir() / ICON).read_bytes()).decode()
    return environment.from_string(_text(folder / TEMPLATE)).render(
        facts=facts,
        facts_json=Markup(_json(facts.to_values())),
        texts_json=Markup(_json(json.loads(_text(folder / TEXTS)))),
        style=Markup(style),
        script=Markup(script),
        policy=policy,
        icon=f"data:image/png;base64,{icon}",
        notice=notice(),
        parts={name: base64.b64encode(part).decode() for name, part in parts.items()},
        version=tlstudio.__version__,
    )


def _json(values: Mapping[str, Any]) -> str:
    """JSON that may stand in a script element whatever names it holds: no tag can end it."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(text: str) -> str:
    """As the policy of a page names an inline script or style."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
