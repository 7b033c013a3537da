"""Fusion of parallel loops on memrefs; used by `scf-parallel-loop-fusion`."""
