"""CPU code: LLVM IR text in, machine code and Python callables out."""
