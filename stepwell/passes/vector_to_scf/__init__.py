"""Transfers of vectors as loops or unrolled; used by `convert-vector-to-scf`."""
