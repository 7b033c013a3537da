"""What `debug_level`, `log_level`, `lazy_execution` and `auto_mixed_precision` do."""

from __future__ import annotations

import logging

import numpy as np

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.flags import flags
from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.origins import note_origin, unwatch, watch
from stepwell.frontend.jittor.places import origin_of
from stepwell.frontend.jittor.plans import observe, stop_observing
from stepwell.frontend.jittor.program import Recording
from stepwell.frontend.jittor.var import Var
from stepwell.runtime.cuda.arrays import DeviceArray

_LOG = logging.getLogger("stepwell")
_HANDLER = logging.StreamHandler()
_HANDLER.setFormatter(logging.Formatter("[%(levelname)s %(name)s] %(message)s"))


def _compute(made: Var) -> None:
    made.sync()


def _eager(lazy: bool) -> None:
    if lazy:
        unwatch(_compute)
    else:
        watch(_compute)


def _debug(level: int) -> None:
    if level:
        watch(note_origin)
    elif not flags.memory_profiler_enable:
        unwatch(note_origin)
    if level == 2:
        observe(_require_finite)
    else:
        stop_observing(_require_finite)


def _require_finite(recording: Recording) -> None:
    for node in recording.wanted:
        if node.dtype.is_float and node.value is not None and not _is_finite(node):
            raise TensorError(
                f"a result of {node.instruction.name if node.inputs else 'an operation'} holds NaN"
                f" or infinity: {node.dtype}{list(node.shape)}{_made_at(node)}"
            )


def _is_finite(node: Node) -> bool:
    value = node.value
    array = value.numpy() if isinstance(value, DeviceArray) else value
    return array is None or bool(np.isfinite(array).all())


def _made_at(node: Node) -> str:
    places = origin_of(node)
    return f", made at {places[0]}" if places else ""


def _log_level(name: str) -> None:
    """The library's log goes to the standard error from `name` on."""
    _LOG.setLevel(name.upper())
    if _HANDLER not in _LOG.handlers:
        _LOG.addHandler(_HANDLER)
    if name == "debug":
        observe(_log_run)
    else:
        stop_observing(_log_run)


def _log_run(recording: Recording) -> None:
    made = ", ".join(f"{node.dtype}{list(node.shape)}" for node in recording.wanted)
    _LOG.debug("ran a plan of %d operations: %s", len(recording.nodes()), made)


def _mixed_precision(value: bool) -> None:
    if value:
        _LOG.warning("auto_mixed_precision changes nothing: operations compute in their types")


flags.when_changed("lazy_execution", _eager)
flags.when_changed("debug_level", _debug)
flags.when_changed("log_level", _log_level)
flags.when_changed("auto_mixed_precision", _mixed_precision)
