"""Parts of the pass that decides which memory is the GPU's: gpu-place-memory."""
