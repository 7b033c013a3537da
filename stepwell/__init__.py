"""Stepwell: an MLIR-compatible compiler toolkit in Python."""
