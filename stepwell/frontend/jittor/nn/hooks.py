"""Hooks: functions of the program that a module calls along the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from stepwell.frontend.jittor.custom_function import Function
from stepwell.frontend.jittor.var import Var

Hook = Callable[..., object]
"""`hook(module, inputs)` and the like; a result that is not None takes the place of what is passed
on."""
Grads = tuple[Var | None, ...]


@dataclass(slots=True)
class Hooks:
    """The hooks of a module, by when they are called, in the order in which they were registered.

    Attributes:
        before: `hook(module, inputs)`, before `execute`.
        after: `hook(module, inputs, output)`, after it.
        by_inputs: `hook(module, derivatives)`, with those by the inputs.
        by_outputs: the same, by the outputs.
        by_both: `hook(module, by_inputs, by_outputs)`, whose result is for the inputs.
    """

    before: list[Hook] = field(default_factory=list)
    after: list[Hook] = field(default_factory=list)
    by_inputs: list[Hook] = field(default_factory=list)
    by_outputs: list[Hook] = field(default_factory=list)
    by_both: list[Hook] = field(default_factory=list)


class Handle:
    """What registering a hook gives: `remove()` takes the hook off again."""

    def __init__(self, hooks: list[Hook], hook: Hook) -> None:
        hooks.append(hook)
        self._hooks = hooks
        self._hook = hook

    def remove(self) -> None:
        """Takes the hook off, if it is still there."""
        if self._hook in self._hooks:
            self._hooks.remove(self._hook)


class _Passing(Function):
    """Its arguments; their derivatives go through a function."""

    def __init__(self, change: Callable[[Grads], Grads]) -> None:
        self.change = change

    def execute(self, *values: Var) -> tuple[Var, ...]:
        return values

    def grad(self, *given: Var | None) -> Grads:
        return self.change(given)


def run_with_hooks(
    module: object,
    execute: Callable[..., object],
    hooks: Hooks,
    inputs: tuple[object, ...],
    options: dict[str, object],
) -> object:
    """What `execute` gives, with the hooks called around it."""
    for hook in hooks.before:
        changed = hook(module, inputs)
        if changed is not None:
            inputs = changed if isinstance(changed, tuple) else (changed,)
    by_outputs: list[Grads] = []
    if hooks.by_inputs or hooks.by_both:
        inputs = _passed(inputs, lambda given: _by_inputs(module, hooks, given, by_outputs))
    output = execute(*inputs, **options)
    for hook in hooks.after:
        changed = hook(module, inputs, output)
        output = output if changed is None else changed
    if not hooks.by_outputs and not hooks.by_both:
        return output
    several = tuple(output) if isinstance(output, (tuple, list)) else (output,)
    made = _passed(several, lambda given: _by_outputs(module, hooks, given, by_outputs))
    return made if isinstance(output, (tuple, list)) else made[0]


def _passed(values: Sequence[object], change: Callable[[Grads], Grads]) -> tuple[object, ...]:
    """The values, the Vars among them with their derivatives going through `change`."""
    through = iter(_Passing(change)(*[one for one in values if isinstance(one, Var)]))
    return tuple(next(through) if isinstance(one, Var) else one for one in values)


def _by_inputs(module: object, hooks: Hooks, given: Grads, by_outputs: list[Grads]) -> Grads:
    for hook in hooks.by_inputs:
        given = _answered(hook(module, given), given)
    for hook in hooks.by_both:
        given = _answered(hook(module, given, by_outputs[-1] if by_outputs else ()), given)
    return given


def _by_outputs(module: object, hooks: Hooks, given: Grads, by_outputs: list[Grads]) -> Grads:
    for hook in hooks.by_outputs:
        given = _answered(hook(module, given), given)
    by_outputs.append(given)
    return given


def _answered(answer: object, given: Grads) -> Grads:
    if answer is None:
        return given
    return tuple(answer) if isinstance(answer, (tuple, list)) else (answer,)  # type: ignore[return-value]
