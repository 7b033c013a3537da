"""NVIDIA GPUs: memory, streams, kernels, and programs whose kernels run there."""
