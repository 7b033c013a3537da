"""Affine ops as arithmetic and structured control flow; used by `lower-affine`."""
