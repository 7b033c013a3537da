"""The PTX backend: kernels for NVIDIA's GPUs, made without a GPU or any of its tools."""

from stepwell.ir.backends import register

register("nvvm.target", "stepwell.backends.ptx.compile:compile_module")
