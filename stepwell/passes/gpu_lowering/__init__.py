"""Parts of the passes that turn loops into kernels, and kernels into the llvm dialect."""
