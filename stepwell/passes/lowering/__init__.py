"""Lowering to the llvm dialect: types, descriptors, the driver, and one set of lowerings a dialect."""
