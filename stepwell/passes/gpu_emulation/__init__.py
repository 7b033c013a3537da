"""Parts of the pass that runs kernels on the CPU: gpu-to-loops."""
