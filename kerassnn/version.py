"""The version, alone, so that the build can read it without Keras."""

__version__ = "0.1.0"
