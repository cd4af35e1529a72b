"""Seeded augmentation of image batches, in plain NumPy."""
