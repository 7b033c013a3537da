"""Lowering to the llvm dialect: types, descriptors, what writes ops, and lowerings by dialect."""
