"""What is shown: PySide6 and pyqtgraph, no tensors."""
