"""The pool of a GPU's memory: what does not fit is tried again when unused memory went back."""

from __future__ import annotations

import weakref

import numpy.typing as npt

from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.buffers import AnyArray, Buffer
from stepwell.runtime.calls import OutOfMemoryError
from stepwell.runtime.cuda.driver import OUT_OF_MEMORY, Driver, DriverFailure, device_error
from stepwell.runtime.memory import Pool
from stepwell.runtime.sizes import size_text

ARENA = 32 << 20


class DeviceOutOfMemoryError(OutOfMemoryError):
    """The GPU has no room, or none below the limit.

    Args:
        used: the bytes that would have been in use. total: the bytes there are, or the limit.
    """

    def __init__(self, used: int, total: int) -> None:
        super().__init__(used, total)
        self.total = total
        text = (
            "GPU memory is overflow, please reduce your batch_size or data size!\n"
            f"Total: {size_text(total)} Used: {size_text(used)}"
        )
        DeviceError.__init__(self, text)


class DeviceBuffer(Buffer):
    """Memory of a GPU, which the host cannot look into."""

    def array(self, dtype: npt.DTypeLike, shape: tuple[int, ...], offset: int = 0) -> AnyArray:
        """Raises DeviceError: copy it to the host instead."""
        raise DeviceError("the host cannot read a GPU's memory; copy it with `copy_to_host`")


class DevicePool(Pool):
    """Memory of a GPU.

    Args:
        driver: where it is from. device: the GPU's name, for errors. total: the bytes it has.
        limit: the most bytes to take; None for no limit. arena: the least size of what is taken.
    """

    def __init__(
        self, driver: Driver, device: str, total: int, limit: int | None, arena: int = ARENA
    ) -> None:
        super().__init__(self._from_driver, driver.free, limit=limit, arena=arena, name="GPU")
        self._driver = driver
        self._device = device
        self._total = total

    def allocate(self, size: int) -> int:
        """The address of `size` bytes; raises DeviceOutOfMemoryError when there is no room."""
        if size < 0:
            raise DeviceError(f"cannot allocate {size} bytes")
        for attempt in range(2):
            try:
                return super().allocate(size)
            except DeviceError as error:
                if type(error) is not DeviceError or "out of GPU memory" not in str(error):
                    raise
            if attempt == 0:
                self.trim()
        total = self._total if self._limit is None else self._limit
        raise DeviceOutOfMemoryError(self.statistics().used + size, total)

    def buffer(self, size: int) -> DeviceBuffer:
        """A fresh buffer, which comes back with its last user; raises DeviceOutOfMemoryError."""
        return self.adopt(self.allocate(size), size)

    def adopt(self, address: int, size: int) -> DeviceBuffer:
        """A buffer of a live block, which comes back with its last user."""
        made = DeviceBuffer(address, size)
        made._finish = weakref.finalize(made, self.free, made.address)
        return made

    def holds(self, address: int) -> bool:
        """Whether the address is in memory of the pool."""
        return any(start <= address < start + size for start, size in self._arenas.items())

    def _from_driver(self, size: int) -> int | None:
        try:
            return self._driver.allocate(size)
        except DriverFailure as failure:
            if failure.code == OUT_OF_MEMORY:
                return None
            raise device_error(self._device, f"allocating {size} bytes", failure) from None
