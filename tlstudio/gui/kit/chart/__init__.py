"""Charts: axes, hovering, zooming, export and both themes, the same everywhere.

`plot` and `chart` import pyqtgraph, which takes a moment, and with it whatever builds on them:
views import their charts when they are first shown. The other modules need only Qt.
"""
