"""The PTX backend: kernels for NVIDIA's GPUs, made without a GPU or any of its tools."""
