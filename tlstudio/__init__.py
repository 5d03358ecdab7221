"""TLStudio: the desktop studio for image-classification transfer learning."""

__version__ = "0.1.0"
