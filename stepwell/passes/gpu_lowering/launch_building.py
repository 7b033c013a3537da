"""A nest of mapped parallel loops as one gpu.launch."""

from __future__ import annotations

from stepwell.dialects.affine.values import AffineApplyOp, AffineMinOp
from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import MinSIOp, MulIOp
from stepwell.dialects.gpu.attributes import LoopDimMapAttr
from stepwell.dialects.gpu.function import ATTRIBUTIONS
from stepwell.dialects.gpu.launch import LaunchOp, TerminatorOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir.affine.expr import AffineConstant, AffineDim, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attributes import UNIT, ArrayAttr, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.effects import memory_effects
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import i64, index
from stepwell.ir.value import Value

PROCESSORS = ("block_x", "block_y", "block_z", "thread_x", "thread_y", "thread_z")
VISITED = "SCFToGPU_visited"
_D, _S0, _S1 = AffineDim(0), AffineSymbol(0), AffineSymbol(1)
_PLACE = AffineMap(1, 2, (_D * _S0 + _S1,))
_COUNT = AffineMap(1, 2, ((_D - _S0).ceildiv(_S1),))


class NoKernel(Exception):
    """The loops cannot be one kernel."""


def build_launch(loop: ParallelOp) -> LaunchOp | None:
    """Replaces a nest of mapped loops by a launch; None, nothing changed, if that cannot be."""
    builder = _LaunchBuilder(loop)
    try:
        builder.run()
    except NoKernel:
        builder.undo()
        return None
    loop.erase()
    return builder.launch


class _LaunchBuilder:
    """Copies the bodies of the loops into a launch, from outside in."""

    def __init__(self, loop: ParallelOp) -> None:
        self.loop = loop
        self.before = Rewriter()
        self.before.start_at(loop)
        self._first = loop.prev
        one = self.before.constant(1, index)
        body = Region([Block([index] * 12)])
        self.launch = self.before.insert(
            LaunchOp([], *[one] * 6, body=body, attributes={ATTRIBUTIONS: IntegerAttr(0, i64)},
                     result_types=[])
        )  # fmt: skip
        self.before.start_at(self.launch)
        self.inside = Rewriter(location=loop.location)
        self.inside.set_point(body.entry, None)
        self.values: dict[Value, Value] = {}
        self.sizes: dict[str, Value] = {}
        self._pending: list[Operation | None] = [loop]

    def run(self) -> None:
        """Fills the launch.

        Raises:
            NoKernel: it cannot be done.
        """
        has_effects = left_scope = False
        while self._pending:
            op = self._pending.pop()
            if op is None:
                around = self.inside.block.parent_op
                assert around is not None and around.parent is not None
                self.inside.set_point(around.parent, around.next)
                left_scope = True
            elif isinstance(op, ParallelOp):
                if has_effects:
                    raise NoKernel
                self._enter(op)
                left_scope = False
            else:
                made = self.inside.insert(clone(op, self.values))
                has_effects = has_effects or memory_effects(made) != [] or bool(made.regions)
                if has_effects and left_scope:
                    raise NoKernel
        for number, processor in enumerate(PROCESSORS):
            if processor in self.sizes:
                self.launch.set_operand(number, self.sizes[processor])
        self.launch.body.entry.append(TerminatorOp.create(location=self.loop._location))
        self.launch.set_attribute(VISITED, UNIT)

    def undo(self) -> None:
        """Removes all that was made."""
        op = self.launch
        op.erase()
        previous = self.loop.prev
        while previous is not None and previous is not self._first:
            following = previous.prev
            previous.erase()
            previous = following

    # Loops.

    def _enter(self, loop: ParallelOp) -> None:
        mapping = loop.attributes.get("mapping")
        if not isinstance(mapping, ArrayAttr) or loop.initVals:
            raise NoKernel
        for dim, entry in enumerate(mapping.values):
            if not isinstance(entry, LoopDimMapAttr):
                raise NoKernel
            if entry.processor == "sequential":
                self._sequential(loop, dim)
            else:
                self._on_processor(loop, dim, entry)
        for name, attribute in loop.attributes.items():
            if name != "mapping":
                self.launch.set_attribute(name, attribute)
        body = [op for op in loop.body.entry.ops if op is not loop.body.entry.last]
        self._pending += reversed(body)

    def _now(self, value: Value) -> Value:
        """The value in the launch that stands for `value`."""
        return self.values.get(value, value)

    def _sequential(self, loop: ParallelOp, dim: int) -> None:
        bounds = [self._now(v[dim]) for v in (loop.lowerBound, loop.upperBound, loop.step)]
        body = Block([index])
        made = self.inside.insert(ForOp.create(bounds, [], regions=[Region([body])]))
        body.append(YieldOp.create(location=made._location))
        self.values[loop.induction_variables[dim]] = body.args[0]
        self.inside.set_point(body, body.last)
        self._pending.append(None)

    def _on_processor(self, loop: ParallelOp, dim: int, entry: LoopDimMapAttr) -> None:
        lower, step = self._outside(loop.lowerBound[dim]), self._outside(loop.step[dim])
        upper = self._outside(loop.upperBound[dim])
        if lower is None or step is None:
            raise NoKernel
        number = PROCESSORS.index(entry.processor)
        argument = self.launch.body.args[number]
        place = AffineMapAttr(entry.map.compose(_PLACE))
        at = self.inside.insert(
            AffineApplyOp(map=place, mapOperands=[argument, step, lower])
        ).result
        self.values[loop.induction_variables[dim]] = at
        exact = upper is not None
        if upper is None:
            largest = static_upper_bound(loop.upperBound[dim])
            if largest is None:
                raise NoKernel
            upper = self.before.constant(largest, index)
        count = AffineMapAttr(entry.bound.compose(_COUNT))
        if entry.processor in self.sizes:
            raise NoKernel
        size = self.before.insert(AffineApplyOp(map=count, mapOperands=[upper, lower, step]))
        self.sizes[entry.processor] = size.result
        if not exact:
            self._guard(at, self._now(loop.upperBound[dim]))

    def _guard(self, place: Value, upper: Value) -> None:
        """What follows runs only before the end of the loop."""
        before = self.inside.insert(CmpIOp("slt", place, upper)).result
        then = Block()
        branch = IfOp.create([before], [], regions=[Region([then]), Region()])
        then.append(YieldOp.create(location=self.loop._location))
        self.inside.insert(branch)
        self.inside.set_point(then, then.last)
        self._pending.append(None)

    def _outside(self, value: Value) -> Value | None:
        """`value` as it is known before the launch, if it is."""
        found = self._now(value)
        block = found.parent_block
        inside = block is not None and self.launch.body.is_ancestor_of(block.parent)  # type: ignore[arg-type]
        around = (
            block is not None
            and block.parent is not None
            and any(
                isinstance(op, ParallelOp) and (op is self.loop or self.loop.is_ancestor_of(op))
                for op in (block.parent_op,)
            )
        )
        return None if inside or around else found


def static_upper_bound(value: Value) -> int | None:
    """A number that `value` does not exceed, if one is known."""
    pending: list[Value] = [value]
    bounds: list[int] = []
    while pending:
        op = pending.pop().defining_op
        if isinstance(op, AffineMinOp):
            least = op.map.map.results
            bounds += [expr.value for expr in least if isinstance(expr, AffineConstant)]
            dims = [expr.position for expr in least if isinstance(expr, AffineDim)]
            pending += [op._operands[position] for position in dims]
        elif isinstance(op, MinSIOp):
            pending += op._operands
        elif isinstance(op, MulIOp):
            factors = [_constant(operand) for operand in op._operands]
            if factors[0] is not None and factors[1] is not None:
                bounds.append(factors[0] * factors[1])
        elif op is not None:
            known = _constant(op.results[0])
            bounds += [known] if known is not None else []
    return min(bounds) if bounds else None


def _constant(value: Value) -> int | None:
    attribute = value.defining_op.get_attribute("value") if value.defining_op else None
    return attribute.value if isinstance(attribute, IntegerAttr) else None
