"""The looks of the picture: every kind of block can be told and read."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QGraphicsView, QToolTip
from pytestqt.qtbot import QtBot

from tests.gui.graphs import small_graph
from tlstudio.core.networks.blocks.graph import (
    BLOCKS,
    HOLDERS,
    SIGNS,
    BlockGraph,
    BlockKind,
    BlockNode,
    PictureLevel,
)
from tlstudio.core.networks.blocks.training import Training
from tlstudio.gui.features.picture import style
from tlstudio.gui.features.picture.export import as_image, as_svg
from tlstudio.gui.features.picture.glyphs import draw_glyph
from tlstudio.gui.features.picture.legend import ArchitectureLegend
from tlstudio.gui.features.picture.scene import ArchitectureScene
from tlstudio.gui.kit import block_texts, language, theme

SCHEMES = (theme.Scheme.LIGHT, theme.Scheme.DARK)


def drawn(kind: BlockKind) -> bytes:
    image = QImage(36, 36, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    draw_glyph(painter, kind, QRectF(0, 0, 36, 36), QColor("black"))
    painter.end()
    return bytes(image.constBits())


def test_every_block_has_a_sign_of_its_own(app: QApplication) -> None:
    signs = {kind: drawn(kind) for kind in BLOCKS}
    assert len(set(signs.values())) == len(BLOCKS)
    assert drawn(BlockKind.STAGE) not in signs.values()


def test_layers_without_a_common_name_speak_korean(app: QApplication) -> None:
    language.install("ko")
    for title in ("avg pool to 7×7", "SubSampling", "ScaledTanh", "PartialConv"):
        assert block_texts.notation(title) != title
    assert "to" not in block_texts.notation("avg pool to 7×7")


def contrast(one: QColor, other: QColor) -> float:
    """As WCAG 2 counts it."""

    def light(color: QColor) -> float:
        parts = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_texts_can_be_read_on_every_fill(app: QApplication, scheme: theme.Scheme) -> None:
    theme.apply(app, scheme)
    try:
        for kind in BlockKind:
            node = BlockNode("key", "path", kind)
            for training in Training:
                colors = style.box_colors(node, training, is_open=False)
                assert contrast(colors.text, colors.fill) > 7, kind
                assert contrast(colors.soft, colors.fill) > 4.5, kind
    finally:
        theme.apply(app, theme.Scheme.LIGHT)


def test_every_kind_has_texts_and_a_size(app: QApplication) -> None:
    sizes = style.Sizes()
    for kind in BlockKind:
        node = BlockNode("key", "a.0", kind, out_shape=(8, 7, 7), class_name="Thing")
        assert block_texts.title(node) and block_texts.tip(node, Training.FROZEN)
        width, height = sizes(node, False)
        assert width >= height > 0
        assert kind in SIGNS | HOLDERS | BLOCKS or block_texts.kind_title(kind)


def test_a_box_is_wider_for_a_larger_image(app: QApplication) -> None:
    sizes = style.Sizes()
    widths = [
        sizes(BlockNode("k", "", BlockKind.CONV, "3×3 conv", out_shape=(8, s, s)), False)[0]
        for s in (224, 56, 7)
    ]
    assert widths[0] > widths[1] > widths[2]


def test_a_stage_looks_like_its_blocks(app: QApplication) -> None:
    stage = small_graph().find("body")[-1]
    assert style.look(stage) is BlockKind.RESIDUAL
    assert block_texts.title(stage) == "2 × residual block"
    assert block_texts.subtitle(stage) == "body · 8 × 7 × 7"


def test_a_stage_of_several_variants_counts_all_of_them(app: QApplication) -> None:
    parts = tuple(
        BlockNode(str(at), "", BlockKind.INCEPTION, title)
        for at, title in enumerate(("", "reduced inception module", "reduced inception module"))
    )
    titles = [
        block_texts.title(BlockNode("s", "", BlockKind.STAGE, inside=BlockGraph(row, ())))
        for row in (parts[1:], parts)
    ]
    assert titles == ["2 × reduced inception module", "3 × inception module"]


def test_an_auxiliary_classifier_tells_its_part_in_the_loss(app: QApplication) -> None:
    node = BlockNode("aux1", "aux1", BlockKind.AUXILIARY, out_shape=(10,))
    assert block_texts.subtitle(node) == "aux1 · loss × 0.3"
    facts = block_texts.tip(node, Training.TRAINABLE).split("\n")
    assert {"loss × 0.3", "only for training", "trains"} < set(facts)
    legend = ArchitectureLegend()
    legend.show_nodes([node], set(), has_skips=False)
    assert legend.accessibleName() == "auxiliary classifier"


def test_frozen_boxes_look_different(app: QApplication) -> None:
    scene = ArchitectureScene()
    scene.set_network(small_graph(), PictureLevel.LAYERS)
    before = as_image(scene)
    scene.set_training({"stem": Training.FROZEN})
    assert as_image(scene) != before


def test_a_box_tells_what_is_known_of_it(app: QApplication, qtbot: QtBot) -> None:
    scene = ArchitectureScene()
    scene.set_network(small_graph(), PictureLevel.STAGES)
    view = QGraphicsView(scene)
    qtbot.addWidget(view)
    view.show()
    box = scene.item("stem")
    assert box is not None
    spot = view.mapFromScene(box.sceneBoundingRect().center())
    place = view.viewport().mapToGlobal(spot)
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, spot, place))
    assert QToolTip.text() == box.toolTip() and "stem" in QToolTip.text()
    nowhere = QPoint(0, 0)
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, nowhere, nowhere))
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_texts_of_a_drawing_keep_their_widths_with_any_font(app: QApplication) -> None:
    scene = ArchitectureScene()
    scene.set_network(small_graph(), PictureLevel.LAYERS)
    drawing = ElementTree.fromstring(as_svg(scene, "small"))
    texts = [text for text in drawing.iter() if text.tag.endswith("text") and text.text]
    assert texts
    for text in texts:
        assert 0 < float(text.attrib["textLength"]) < 300
        assert text.attrib["font-family"].endswith("sans-serif")


def test_the_words_of_the_notation_are_translated(app: QApplication) -> None:
    assert block_texts.notation("3×3 conv, 64, /2") == "3×3 conv, 64, /2"
    language.install("ko")
    try:
        assert block_texts.notation("3×3 conv, 64, /2") == "3×3 합성곱, 64, /2"
        assert block_texts.notation("global average pool") == "전역 평균 풀링"
        assert block_texts.notation("LinearNorm") == "LinearNorm"  # the name of a class stays
    finally:
        language.install("en")
