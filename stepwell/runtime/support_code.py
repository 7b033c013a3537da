"""The machine code of runtime support, from the cache: a process that loads compiles nothing.

Importing this module has the pieces kept there.
"""

from __future__ import annotations

from collections.abc import Callable

from stepwell.backends.cpu.support.pieces import keep_code
from stepwell.runtime.cache import Entry, cache_key, default_cache, environment_parts


def _kept(llvm_ir: str, make: Callable[[], bytes]) -> bytes:
    key = cache_key({**environment_parts(), "support": llvm_ir})
    return default_cache().get_or_build(key, lambda: Entry({}, make())).payload


keep_code(_kept)
