"""Parallel loops as calls of the thread pool; used by `convert-scf-parallel-to-threads`."""
