"""The entries a process has used lately, bounded in number and in bytes."""

from __future__ import annotations

from collections import OrderedDict

from stepwell.runtime.cache.entry import Entry


class RecentEntries:
    """The most recently used entries. Not for several threads at once: its owner has the lock.

    Args:
        most_entries: how many to keep.
        most_bytes: how many bytes of payload to keep; a larger entry is not kept at all.
    """

    def __init__(self, most_entries: int, most_bytes: int) -> None:
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Entry | None:
        """The entry of `key`, which becomes the most recent one, or None."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: str, entry: Entry) -> None:
        """Keeps `entry`, and drops the longest unused ones that are too many."""
        old = self._entries.pop(key, None)
        if old is not None:
            self._bytes -= len(old.payload)
        if len(entry.payload) > self._most_bytes:
            return
        self._entries[key] = entry
        self._bytes += len(entry.payload)
        while len(self._entries) > self._most_entries or self._bytes > self._most_bytes:
            _, dropped = self._entries.popitem(last=False)
            self._bytes -= len(dropped.payload)

    def copy(self) -> RecentEntries:
        """The same entries, counted anew; whole even if a fork fell into a `put`."""
        twin = RecentEntries(self._most_entries, self._most_bytes)
        for key, entry in list(self._entries.items()):
            twin.put(key, entry)
        return twin
