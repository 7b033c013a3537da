"""The interpreter: runs a function of a module, op by op, at any level of the IR.

It keeps its own stack, so neither deep regions nor deep calls recurse in Python.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from typing import Any, TextIO

import numpy as np

from stepwell.ir.attributes import StringAttr, SymbolRefAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import Diagnostic, InterpreterError, Severity, StepwellError
from stepwell.ir.interpreter.arguments import from_runtime, to_runtime
from stepwell.ir.interpreter.lockstep import Paused, run_in_lockstep
from stepwell.ir.interpreter.machine import (
    POISON,
    Branch,
    Call,
    CallValue,
    Meet,
    Results,
    RunRegion,
    RunThreads,
    RuntimeValue,
)
from stepwell.ir.interpreter.scalars import apply_elementwise, fit_all
from stepwell.ir.operation import Operation
from stepwell.ir.traits import Elementwise, ReturnLike, SymbolTable
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value

External = Callable[..., RuntimeValue]
Environment = dict[Value, RuntimeValue]


class _Activation:
    """A region being run: its next op, its values, and the generator that waits for a region."""

    __slots__ = ("environment", "op", "region", "waiting")

    def __init__(self, region: Region, environment: Environment) -> None:
        self.region = region
        self.environment = environment
        self.op: Operation | None = None
        self.waiting: Generator[Any, RuntimeValue, RuntimeValue] | None = None


class Interpreter:
    """Runs functions of `module`.

    Args:
        module: the program; it must not change while it runs.
        externals: Python functions for declarations without a body, by name; they get and return
            runtime values.
        output: where the program prints; standard output by default.
        max_steps: how many ops may run before the program counts as endless.
    """

    def __init__(
        self,
        module: Operation,
        externals: Mapping[str, External] | None = None,
        output: TextIO | None = None,
        max_steps: int | None = None,
    ) -> None:
        self.module = module
        self.externals = dict(externals or {})
        self.output = output
        self.steps_left = max_steps if max_steps is not None else sys.maxsize
        self.thread: Hashable = None
        self._state: dict[object, RuntimeValue] = {}
        self._symbols: dict[Operation, dict[str, Operation]] = {}
        self._runners: dict[type[Operation], Callable[[Operation, list[RuntimeValue]], Any]] = {}

    def call(self, name: str, *arguments: object) -> RuntimeValue:
        """Calls a function with Python numbers and NumPy arrays; returns its results so, too.

        Memref arguments are used in place. One result is returned as itself, several as a tuple.

        Raises:
            InterpreterError: no such function, a wrong argument, or the program did something
                undefined.
        """
        function = self._table(self.module).get(name)
        if function is None:
            known = ", ".join(sorted(self._table(self.module))) or "none"
            raise InterpreterError(f"there is no function '{name}'; the module defines: {known}")
        type = _function_type(function)
        if len(arguments) != len(type.inputs):
            raise InterpreterError(
                f"'{name}' takes {len(type.inputs)} arguments, got {len(arguments)}"
            )
        values = [
            to_runtime(argument, input, f"argument {number} of '{name}'")
            for number, (argument, input) in enumerate(zip(arguments, type.inputs, strict=True))
        ]
        results = self.run(function, values)
        shown = [from_runtime(v, t) for v, t in zip(results, type.results, strict=True)]
        return None if not shown else shown[0] if len(shown) == 1 else tuple(shown)

    def run(self, function: Operation, arguments: Sequence[RuntimeValue]) -> Results:
        """Runs a function op on runtime values."""
        if function.regions[0].first is None:
            return self._external(function, arguments, function)
        with np.errstate(all="ignore"):  # what overflows is infinite, as in machine code
            return self._go([self._enter(function.regions[0], arguments, {})], None)

    def _go(self, stack: list[_Activation], finished: Results | None) -> Results:
        """Runs all that is on `stack`; `finished` is what the op on top waits for, if it does."""
        while stack:
            top = stack[-1]
            if finished is not None:
                finished = self._resume(stack, top, finished)
                continue
            op = top.op
            if op is None:
                stack.pop()
                finished = Results()
                if not stack:
                    return finished
                continue
            finished = self._step(stack, top, op)
            if finished is not None:
                stack.pop()
                if not stack:
                    return finished
        return Results()

    # One op.

    def _step(self, stack: list[_Activation], top: _Activation, op: Operation) -> Results | None:
        """Runs one op; the results of the region if the op ends it."""
        self.steps_left -= 1
        if self.steps_left < 0:
            raise self.undefined(op, "the program ran too many steps")
        environment = top.environment
        try:
            operands = [environment[value] for value in op._operands]
        except KeyError:
            raise self.undefined(op, "an operand has no value yet") from None
        if ReturnLike in op.traits:
            return Results(operands)
        outcome = self._run(op, operands)
        if isinstance(outcome, Generator):
            top.waiting = outcome
            return self._advance(stack, top, None)
        self._finish(top, op, outcome)
        return None

    def _run(self, op: Operation, operands: list[RuntimeValue]) -> Any:
        cls = type(op)
        runner = self._runners.get(cls)
        if runner is None:
            runner = self._runners[cls] = self._runner(cls)
        try:
            return runner(op, operands)
        except StepwellError as error:
            raise self._placed(error, op) from None

    def _runner(self, cls: type[Operation]) -> Callable[[Operation, list[RuntimeValue]], Any]:
        if hasattr(cls, "execute"):
            return lambda op, operands: op.execute(self, *operands)  # type: ignore[attr-defined]
        if hasattr(cls, "evaluate"):
            if Elementwise in cls.traits:
                return apply_elementwise
            return _evaluate

        def meaningless(op: Operation, operands: list[RuntimeValue]) -> Any:
            raise self.undefined(op, "has no meaning that the interpreter knows")

        return meaningless

    def _finish(self, top: _Activation, op: Operation, outcome: RuntimeValue) -> None:
        """Binds results and moves to the next op."""
        if isinstance(outcome, Branch):
            self._jump(top, outcome.block, outcome.arguments)
            return
        results = op.results
        if len(results) == 1:
            only = outcome[0] if isinstance(outcome, Results) else outcome
            top.environment[results[0]] = only
        elif results:
            top.environment.update(zip(results, outcome, strict=True))
        top.op = op.next

    def _jump(self, top: _Activation, block: Block, arguments: Sequence[RuntimeValue]) -> None:
        top.environment.update(zip(block.args, arguments, strict=True))
        top.op = block.first

    # Regions and calls.

    def _enter(
        self, region: Region, arguments: Sequence[RuntimeValue], environment: Environment
    ) -> _Activation:
        made = _Activation(region, environment)
        if region.first is not None:
            self._jump(made, region.first, arguments)
        return made

    def _resume(
        self, stack: list[_Activation], top: _Activation, values: Results
    ) -> Results | None:
        """Hands the results of a region or call to the op that waits for them."""
        return self._advance(stack, top, values)

    def _advance(
        self, stack: list[_Activation], top: _Activation, values: Results | None
    ) -> Results | None:
        """Runs a waiting op to its next request, or to its end."""
        op = top.op
        assert op is not None and top.waiting is not None
        while True:
            try:
                request = top.waiting.send(values)
            except StopIteration as stop:
                top.waiting = None
                self._finish(top, op, stop.value)
                return None
            except StepwellError as error:
                raise self._placed(error, op) from None
            if isinstance(request, Meet):
                raise Paused(request)
            if isinstance(request, RunThreads):
                values = self._run_threads(request, top.environment)
                continue
            if isinstance(request, RunRegion):
                stack.append(self._enter(request.region, request.arguments, top.environment))
                return None
            function = self._callee(request)
            if function.regions[0].first is not None:
                stack.append(self._enter(function.regions[0], request.arguments, {}))
                return None
            values = self._external(function, request.arguments, request.op)

    def _run_threads(self, request: RunThreads, environment: Environment) -> Results:
        stacks = [
            [
                self._enter(
                    request.region, start.arguments, {} if request.isolated else {**environment}
                )
            ]
            for start in request.threads
        ]
        outer = self.thread

        def go_on(number: int, brought: Any) -> None:
            self.thread = request.threads[number].thread
            self._go(stacks[number], brought)

        try:
            run_in_lockstep(request.threads, go_on, self.undefined)
        finally:
            self.thread = outer
        return Results()

    def _callee(self, request: Call | CallValue) -> Operation:
        if isinstance(request, CallValue):
            if not isinstance(request.function, Operation):
                raise self.undefined(request.op, "calls something that is no function")
            return request.function
        return self.function(request.op, request.symbol)

    def _external(
        self, function: Operation, arguments: Sequence[RuntimeValue], at: Operation
    ) -> Results:
        name = _symbol_name(function) or "?"
        external = self.externals.get(name)
        if external is None:
            raise self.undefined(at, f"calls '{name}', which is declared but not defined")
        outcome = external(*arguments)
        count = len(_function_type(function).results)
        if isinstance(outcome, Results):
            return outcome
        return Results(() if count == 0 else (outcome,) if count == 1 else outcome)

    # What ops ask of the machine (`Machine`).

    def undefined(self, op: Operation, why: str) -> InterpreterError:
        """An error to be raised: the program did something that has no meaning."""
        return InterpreterError(Diagnostic(Severity.ERROR, f"'{op.name}' op {why}", op.place))

    def function(self, op: Operation, symbol: SymbolRefAttr) -> Operation:
        """The function op that `symbol` names, as seen from `op`."""
        return self.symbol(op, symbol)

    def symbol(self, op: Operation, symbol: SymbolRefAttr) -> Operation:
        """Any op that `symbol` names, as seen from `op`."""
        holder: Operation | None = op
        while holder is not None:
            if SymbolTable in holder.traits:
                found = self._table(holder).get(symbol.root)
                for name in symbol.path:
                    found = self._table(found).get(name) if found is not None else None
                if found is not None:
                    return found
            holder = holder.parent_op
        raise self.undefined(op, f"refers to the unknown symbol '{symbol}'")

    def write(self, text: str) -> None:
        """Prints for the program."""
        (self.output or sys.stdout).write(text)

    def remember(self, key: object, make: Callable[[], RuntimeValue]) -> RuntimeValue:
        """State of this run: the value under `key`, made by `make()` the first time."""
        if key not in self._state:
            self._state[key] = make()
        return self._state[key]

    # Internals.

    def _table(self, holder: Operation) -> dict[str, Operation]:
        table = self._symbols.get(holder)
        if table is None:
            inside = [op for region in holder.regions for block in region for op in block]
            named = [(_symbol_name(op), op) for op in inside]
            table = {name: op for name, op in named if name is not None}
            self._symbols[holder] = table
        return table

    def _placed(self, error: StepwellError, op: Operation) -> StepwellError:
        """The error, placed at `op` if it has no place."""
        first = error.diagnostics[0]
        if first.place is None and isinstance(error, InterpreterError):
            message = first.message
            named = message if message.startswith("'") else f"'{op.name}' op {message}"
            return InterpreterError(Diagnostic(first.severity, named, op.place, first.notes))
        return error


def _evaluate(op: Operation, operands: list[RuntimeValue]) -> RuntimeValue:
    if any(value is POISON for value in operands) and not getattr(op, "handles_poison", False):
        return POISON if len(op.results) == 1 else Results([POISON] * len(op.results))
    return fit_all(op.evaluate(*operands), op.result_types)  # type: ignore[attr-defined]


def _symbol_name(op: Operation) -> str | None:
    name = op.get_attribute("sym_name")
    return name.value if isinstance(name, StringAttr) else None


def _function_type(function: Operation) -> FunctionType:
    attribute = function.get_attribute("function_type")
    type = getattr(attribute, "value", None)
    if isinstance(type, FunctionType):
        return type
    signature = getattr(function, "signature", None)  # llvm.func has a type of its own
    if isinstance(signature, FunctionType):
        return signature
    raise InterpreterError(f"'{function.name}' is not a function that can be called")
