"""Lowering to the llvm dialect: types, descriptors, the driver, and lowerings by dialect."""
