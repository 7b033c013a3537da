"""`Function`: an operation with a derivative of its own.

class Square(Function):
    def execute(self, x):
        self.x = x
        return x * x

    def grad(self, g):
        return g * self.x * 2

y = Square.apply(x)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.frontend.jittor.autograd import no_grad
from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.gradients import Call, called
from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.var import RECORDING, Var

Results = Var | Sequence[Var]


class Function:
    """Base of operations whose derivative the program says itself.

    A subclass defines `execute`, which gets the arguments and returns a Var or several, and `grad`,
    which gets the derivative by each result, None for one that the loss does not depend on, and
    returns one for each argument of `execute`: None for what is no Var, or has none. What `execute`
    computes is constant for derivatives; what both need is kept in `self`. Derivatives of `grad`
    are not taken: second derivatives do not pass.
    """

    execute: Callable[..., Results]
    grad: Callable[..., object]

    @classmethod
    def apply(cls, *arguments: object) -> Results:
        """What a new object of the class gives for the arguments."""
        return cls()(*arguments)

    def __call__(self, *arguments: object) -> Results:
        for name in ("execute", "grad"):
            if not hasattr(self, name):
                raise TensorError(f"{type(self).__name__} does not define {name}")
        with no_grad():
            given = [one.detach() if isinstance(one, Var) else one for one in arguments]
            found = self.execute(*given)
        if not RECORDING.enabled:
            return found
        several = [found] if isinstance(found, Var) else list(found)
        call = Call(_nodes(arguments), len(several), lambda gs: self._derivatives(arguments, gs))
        made = [Var(called(one.node, call, place)) for place, one in enumerate(several)]
        return made[0] if isinstance(found, Var) else tuple(made)

    def _derivatives(
        self, arguments: Sequence[object], given: Sequence[Node | None]
    ) -> list[Node | None]:
        """The derivatives by the Vars among the arguments."""
        answer = self.grad(*[None if g is None else Var(g) for g in given])
        found = list(answer) if isinstance(answer, (tuple, list)) else [answer]
        if len(found) != len(arguments):
            raise TensorError(
                f"grad of {type(self).__name__} must return {len(arguments)} derivatives, one for "
                f"each argument of execute, not {len(found)}"
            )
        pairs = zip(arguments, found, strict=True)
        return [self._checked(one, g) for one, g in pairs if isinstance(one, Var)]

    def _checked(self, argument: Var, g: object) -> Node | None:
        if g is None:
            return None
        if not isinstance(g, Var) or g.shape != argument.shape:
            what = f"a Var of {g.shape!r}" if isinstance(g, Var) else type(g).__name__
            raise TensorError(
                f"grad of {type(self).__name__} returned {what} for an argument of "
                f"{argument.shape!r}"
            )
        return g.node


def _nodes(arguments: Sequence[object]) -> tuple[Node, ...]:
    return tuple(one.node for one in arguments if isinstance(one, Var))
