"""`code`: what Jittor has for C++ and CUDA in a program, and what there is instead here."""

from __future__ import annotations

from typing import NoReturn

from stepwell.frontend.jittor.dtypes import TensorError


def code(*arguments: object, **options: object) -> NoReturn:
    """Jittor compiles the C++ or CUDA that it is given. Here nothing does: there is no compiler of
    these, and foreign code is not run.

    Raises:
        TensorError: always; it says what to use instead.
    """
    raise TensorError(
        "jt.code takes C++ or CUDA, which is not compiled here; write the operation with "
        "jt.reindex, jt.reindex_reduce and functions of elements, which become one kernel, give it "
        "a derivative of its own with jt.Function, or write the kernel as MLIR and compile it with "
        "stepwell.compile"
    )
