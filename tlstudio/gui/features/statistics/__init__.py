"""The open dataset in numbers: sizes, colours, formats, dates."""
