"""Making a dataset: class folders on the disk, images put into them, every step undoable."""
