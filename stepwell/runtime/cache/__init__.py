"""Compiled modules that outlive the process that compiled them.

Bytes in, bytes out: what an entry's payload means is the backend's affair. See `SECURITY.md` for
what the files on disk must withstand.
"""

from stepwell.runtime.cache.directory import CacheDirectory, CacheRefused
from stepwell.runtime.cache.disk import DEFAULT_LIMIT, DiskCache
from stepwell.runtime.cache.entry import JSON, CorruptEntry, Entry
from stepwell.runtime.cache.environment import environment_parts
from stepwell.runtime.cache.key import cache_key
from stepwell.runtime.cache.module_cache import (
    CacheStatistics,
    CompiledModuleCache,
    default_cache,
)

__all__ = [
    "DEFAULT_LIMIT",
    "JSON",
    "CacheDirectory",
    "CacheRefused",
    "CacheStatistics",
    "CompiledModuleCache",
    "CorruptEntry",
    "DiskCache",
    "Entry",
    "cache_key",
    "default_cache",
    "environment_parts",
]
