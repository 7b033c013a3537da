"""What `stepwell-run` does, once the command line is read."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

import stepwell
from stepwell.frontend.command_line.emit import emit
from stepwell.frontend.command_line.extensions import load_extensions
from stepwell.frontend.command_line.files import read_input, write_output
from stepwell.frontend.command_line.flags import Arguments, UsageError
from stepwell.frontend.command_line.opt_session import build_pipeline
from stepwell.frontend.command_line.reading import read_program
from stepwell.frontend.command_line.run import TARGETS
from stepwell.frontend.command_line.run_arguments import (
    Argument,
    random_arguments,
    read_argument,
)
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import StringAttr, TypeAttr
from stepwell.ir.diagnostics import BackendError, Diagnostic, Severity, Source, StepwellError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.options import did_you_mean
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.verifier import verify

_MEASURE_SECONDS = 0.5
_MOST_RUNS = 1000

Function = Callable[..., object]


@dataclass(slots=True)
class Times:
    """Seconds that the steps of a run took."""

    reading: float = 0.0
    preparing: float = 0.0
    runs: Sequence[float] = ()

    def text(self) -> str:
        """A line for each step."""
        lines = [f"read and verify  {_duration(self.reading)}"]
        lines.append(f"compile          {_duration(self.preparing)}")
        if self.runs:
            best, mean = min(self.runs), sum(self.runs) / len(self.runs)
            lines.append(
                f"run              {_duration(best)} at best, {_duration(mean)} on average "
                f"({len(self.runs)} runs)"
            )
        return "\n".join(lines) + "\n"


def run_session(arguments: Arguments) -> int:
    """Does what the command line asks for; returns the exit code.

    Raises:
        StepwellError: anything is wrong with the program, its arguments or the target.
    """
    times = Times()
    load_extensions(arguments)
    start = time.perf_counter()
    module = _read(arguments)
    times.reading = time.perf_counter() - start
    level = arguments.last("emit")
    if level is not None:
        write_output(arguments.last("o"), emit(module, level, _optimisation(arguments)))
        return 0
    name = arguments.last("entry") or "main"
    inputs, results = signature(module, name)
    values = _values(arguments, name, inputs)
    start = time.perf_counter()
    function = _prepare(module, name, _target(arguments))
    times.preparing = time.perf_counter() - start
    copies = [_copy(value) for value in values] if arguments.has("time") else []
    returned = _listed(function(*values), len(results))
    _show_all(returned, results, values, inputs)
    path = arguments.last("o")
    if path is not None and returned:
        write_output(path, _npy(returned[0]))
    if arguments.has("time"):
        times.runs = _measure(function, copies)
        print(times.text(), end="")
    return 0


def _read(arguments: Arguments) -> Operation:
    given = read_input(arguments.files)
    module = read_program(Source(given.text, given.name), False).op
    verify(module)
    pipeline = build_pipeline(arguments)
    PassManager().run(pipeline, module)
    return module


def signature(module: Operation, name: str) -> tuple[tuple[Type, ...], tuple[Type, ...]]:
    """The types that a function takes and returns.

    Raises:
        StepwellError: the module has no such function.
    """
    names = []
    for block in module.regions[0].blocks:
        for op in block.ops:
            symbol, function = op.get_attribute("sym_name"), _function_type(op)
            if not isinstance(symbol, StringAttr) or function is None:
                continue
            names.append(symbol.value)
            if symbol.value == name:
                return function.inputs, function.results
    known = ", ".join(names) or "none"
    message = f"there is no function '{name}'{did_you_mean(name, names)} (there are: {known})"
    raise StepwellError(Diagnostic(Severity.ERROR, message, module.place))


def _function_type(op: Operation) -> types.FunctionType | None:
    attribute = op.get_attribute("function_type")
    found: object = attribute.value if isinstance(attribute, TypeAttr) else None
    if not isinstance(found, types.FunctionType):
        found = getattr(op, "signature", None)  # llvm.func has a type of its own
    return found if isinstance(found, types.FunctionType) else None


def _values(arguments: Arguments, name: str, inputs: Sequence[Type]) -> list[Argument]:
    given = arguments.all("arg")
    if len(given) > len(inputs):
        raise UsageError(f"'{name}' takes {len(inputs)} arguments, but --arg gives {len(given)}")
    values = [read_argument(text, type) for text, type in zip(given, inputs, strict=False)]
    if len(values) == len(inputs):
        return values
    seed = arguments.number("random")
    if seed is None:
        wanted = ", ".join(str(type) for type in inputs)
        raise UsageError(f"'{name}' takes ({wanted}); give --arg for each, or --random=SEED")
    size = arguments.number("dim")
    filled = random_arguments(inputs, seed, 8 if size is None else size)
    return [*values, *filled[len(values) :]]


def _target(arguments: Arguments) -> str:
    target = arguments.last("target") or os.environ.get("STEPWELL_TARGET") or "cpu"
    if target not in TARGETS:
        raise UsageError(f"STEPWELL_TARGET must be one of {', '.join(TARGETS)}, not '{target}'")
    return target


def _prepare(module: Operation, name: str, target: str) -> Function:
    if target == "interpreter":
        interpreter = Interpreter(module)
        return lambda *values: interpreter.call(name, *values)
    compile_module = getattr(stepwell, "compile", None)
    if compile_module is None:
        raise BackendError(f"target '{target}' is not available; try --target=interpreter")
    function: Function = compile_module(module, target=target)[name]
    return function


def _optimisation(arguments: Arguments) -> int:
    levels = [level for level in range(4) if arguments.has(f"O{level}")]
    if len(levels) > 1:
        raise UsageError("one of -O0 to -O3, please")
    return levels[0] if levels else 3


def _measure(function: Function, values: Sequence[Argument]) -> list[float]:
    """Seconds of each run; as many runs as fit in half a second, at least one."""
    seconds: list[float] = []
    end = time.perf_counter() + _MEASURE_SECONDS
    while not seconds or (time.perf_counter() < end and len(seconds) < _MOST_RUNS):
        start = time.perf_counter()
        function(*values)
        seconds.append(time.perf_counter() - start)
    return seconds


def _copy(value: Argument) -> Argument:
    return value.copy() if isinstance(value, np.ndarray) else value


def _listed(returned: object, count: int) -> list[object]:
    if count == 0:
        return []
    return list(returned) if count > 1 and isinstance(returned, tuple | list) else [returned]


def _show_all(
    returned: Sequence[object],
    results: Sequence[Type],
    values: Sequence[Argument],
    inputs: Sequence[Type],
) -> None:
    for number, (value, type) in enumerate(zip(returned, results, strict=True)):
        name = "result" if len(results) == 1 else f"result {number}"
        print(shown(name, value, type))
    for number, (value, type) in enumerate(zip(values, inputs, strict=True)):
        if isinstance(type, types.MemRefType | types.UnrankedMemRefType):
            print(shown(f"argument {number} afterwards", value, type))


def shown(name: str, value: object, type: Type) -> str:
    """`name : type = value`, an array below it, abbreviated if it is large."""
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return f"{name} : {type} = {value}"
    text = np.array2string(value, precision=6, suppress_small=False, threshold=200, edgeitems=3)
    return f"{name} : {type} =\n{text}"


def _npy(value: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(value), allow_pickle=False)
    return file.getvalue()


def _duration(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 1 or unit == "us":
            break
    return f"{seconds * scale:.3g} {unit}"
