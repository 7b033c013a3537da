"""`jt.flags`: what the library can be told, each with its type and its meaning.

jt.flags.lazy_execution = False           # now and until it is changed
with jt.flag_scope(opt_level=0):          # only inside
    ...

Every flag can also be given in the environment, under its own name, when the library is imported.
Parts of the library say what a change of a flag does with `when_changed`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, Generic, TypeVar, cast

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.memory_info import MemoryInfo, memory_info

Value = bool | int | str
T = TypeVar("T", bound=bool | int | str)

LOG_LEVELS = ("error", "warning", "info", "debug")
_WORDS = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False, "": False}


class Flag(Generic[T]):
    """One flag.

    Args:
        default: its first value, which gives its type. doc: its meaning.
        choices: all its values, where not every value of the type is one.
        environment: more names that it has in the environment, the first of which wins.
    """

    def __init__(
        self,
        default: T,
        doc: str,
        choices: tuple[T, ...] = (),
        environment: tuple[str, ...] = (),
    ) -> None:
        self.default = default
        self.choices = choices
        self.environment = environment
        self.__doc__ = doc
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Flags | None, owner: type) -> T:
        if instance is None:
            return self  # type: ignore[return-value]
        return cast(T, instance.values[self.name])

    def __set__(self, instance: Flags, value: object) -> None:
        instance.change(self.name, self.accepted(value))

    def accepted(self, value: object) -> T:
        """The value as this flag's type; raises TensorError when it is not one of its values."""
        found: object = value
        kind = type(self.default)
        if kind is bool and isinstance(value, int) and value in (0, 1):
            found = bool(value)
        if kind is int and isinstance(value, bool):
            found = int(value)
        if type(found) is not kind or (self.choices and found not in self.choices):
            wanted = " or ".join(map(repr, self.choices)) or kind.__name__
            raise TensorError(f"flag {self.name} is to be {wanted}, not {value!r}")
        return found

    def from_text(self, text: str) -> T:
        """The value that an environment variable holds; raises TensorError."""
        read: object = text
        if isinstance(self.default, bool):
            read = _WORDS.get(text.strip().lower(), text)
        elif isinstance(self.default, int):
            try:
                read = int(text)
            except ValueError:
                read = text
        return self.accepted(read)


class _LogLevel(Flag[str]):
    """Also takes numbers: 0 for warnings, 1 for information, 2 and more for all."""

    def accepted(self, value: object) -> str:
        if isinstance(value, str) and value.strip().isdecimal():
            value = int(value)
        if isinstance(value, int):
            value = LOG_LEVELS[min(value + 1, 3)] if value >= 0 else value
        if isinstance(value, str):
            value = value.lower()
        return super().accepted(value)


class Flags:
    """The flags of the library; `print(jt.flags)` shows them all.

    Setting one raises TensorError for a name that is no flag, and for a value that is none of its.
    """

    use_cuda = Flag(False, "Whether operations run on the CUDA device.")
    use_cuda_managed_allocator = Flag(
        False, "Taken for compatibility; device memory is not managed memory whatever it says."
    )
    lazy_execution = Flag(True, "Whether operations wait until a value is asked for.")
    use_memory_pool = Flag(True, "Whether freed memory is kept for reuse.")
    cpu_mem_limit = Flag(-1, "The most bytes in use at a time on the host; -1 for no limit.")
    device_mem_limit = Flag(-1, "The most bytes in use at a time on the device; -1 for no limit.")
    memory_profiler_enable = Flag(
        False, "Whether it is noted where in the program memory is asked for."
    )
    profiler_enable = Flag(False, "Whether the time of each kernel and scope is measured.")
    auto_mixed_precision = Flag(
        False, "Taken for compatibility: operations compute in the types of their operands."
    )
    opt_level = Flag(2, "LLVM's optimisation level for new plans.", choices=(0, 1, 2, 3))
    debug_level = Flag(
        0,
        "1: errors say where the operations were written. 2: NaN and infinity are errors too.",
        choices=(0, 1, 2),
    )
    log_level = _LogLevel(
        "warning",
        "What is logged to the standard error.",
        choices=LOG_LEVELS,
        environment=("JITTOR_LOG_LEVEL", "STEPWELL_LOG"),
    )
    compile_progress = Flag(
        "auto",
        "When the line `Compiling Operators(i/n)` is shown: after two seconds on a terminal, always"
        " or never.",
        choices=("auto", "always", "never"),
    )

    values: dict[str, Value]

    def __init__(self) -> None:
        object.__setattr__(self, "values", {n: f.default for n, f in declared().items()})
        object.__setattr__(self, "_watchers", {})

    def get_memory_info(self) -> MemoryInfo:
        """What the pools hold, in bytes: the device's where there is one, else the host's."""
        return memory_info()

    def change(self, name: str, value: Value) -> None:
        """Gives a flag a value, after all that it means has been done."""
        watchers: dict[str, list[Callable[[Any], None]]] = self.__dict__["_watchers"]
        for watcher in watchers.get(name, ()):
            watcher(value)
        self.values[name] = value

    def when_changed(self, name: str, act: Callable[[Any], None]) -> None:
        """Has `act(value)` called before the flag `name` changes, and now if it has been changed.

        What `act` raises keeps the flag as it is.
        """
        self.__dict__["_watchers"].setdefault(name, []).append(act)
        if self.values[name] != declared()[name].default:
            act(self.values[name])

    def __setattr__(self, name: str, value: object) -> None:
        if name not in declared():
            raise TensorError(_unknown(name))
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Value:
        raise AttributeError(_unknown(name))

    def __dir__(self) -> list[str]:
        return sorted([*declared(), "get_memory_info"])

    def __repr__(self) -> str:
        return "\n".join(f"{n} = {self.values[n]!r}  # {f.__doc__}" for n, f in declared().items())

    def read_environment(self, environment: Mapping[str, str]) -> None:
        """Sets what the environment gives; raises TensorError for what is no value."""
        for name, flag in declared().items():
            for known in (name, *flag.environment):
                if known in environment:
                    setattr(self, name, flag.from_text(environment[known]))
                    break


def declared() -> Mapping[str, Flag[Any]]:
    """All flags by name."""
    return _DECLARED


_DECLARED = {name: found for name, found in vars(Flags).items() if isinstance(found, Flag)}


def _unknown(name: str) -> str:
    near = get_close_matches(name, _DECLARED, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the flags are: {', '.join(sorted(_DECLARED))}"
    return f"there is no flag {name}; {hint}"


flags = Flags()
flags.read_environment(os.environ)


@contextmanager
def flag_scope(**wanted: object) -> Iterator[None]:
    """Gives flags other values inside a `with`.

    Raises:
        TensorError: a name is no flag, or a value none of its.
    """
    before: dict[str, Value] = {}
    try:
        for name, value in wanted.items():
            kept = flags.values.get(name)
            setattr(flags, name, value)
            if kept is not None:
                before[name] = kept
        yield
    finally:
        for name, kept in reversed(before.items()):
            setattr(flags, name, kept)
