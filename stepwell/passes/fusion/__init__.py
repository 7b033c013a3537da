"""Fusion of structured ops on tensors; used by `linalg-fuse-elementwise-ops`."""
