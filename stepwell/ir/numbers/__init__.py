"""Number formats of MLIR and the storage of dense elements, independent of types and attributes."""
