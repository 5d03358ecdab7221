"""The mutable state of the studio, one QObject per noun; no widgets."""
