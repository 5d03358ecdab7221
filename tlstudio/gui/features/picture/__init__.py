"""The drawing of an architecture: boxes, lines, canvas, legend, files."""
