"""Watching Vars being made. Nothing is spent on it until something does."""

from __future__ import annotations

from collections.abc import Callable

from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.places import user_stack
from stepwell.frontend.jittor.var import RECORDING, Var

Watcher = Callable[[Var], None]

_watchers: list[Watcher] = []
_plain_init = Var.__init__


def watch(watcher: Watcher) -> None:
    """Has `watcher` called with every Var that is made."""
    if watcher not in _watchers:
        _watchers.append(watcher)
    # Replacing the method costs nothing while nobody watches; a test of a flag in it would.
    setattr(Var, "__init__", _watched_init)  # noqa: B010
    RECORDING.watched = True


def unwatch(watcher: Watcher) -> None:
    """Ends `watch`."""
    if watcher in _watchers:
        _watchers.remove(watcher)
    if not _watchers:
        setattr(Var, "__init__", _plain_init)  # noqa: B010
        RECORDING.watched = False


def _watched_init(self: Var, node: Node) -> None:
    _plain_init(self, node)
    for watcher in _watchers:
        watcher(self)


def note_origin(made: Var) -> None:
    """A watcher that writes into the node of each Var where it was made."""
    if not hasattr(made.node, "origin"):
        made.node.origin = user_stack()
