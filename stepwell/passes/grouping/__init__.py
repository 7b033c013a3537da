"""Pointwise ops gathered into the ops that use them; used by `linalg-group-elementwise-ops`."""
