"""`bufferization.dealloc` as comparisons of pointers and `memref.dealloc`."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.bufferization.ops import DeallocOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import StringAttr, SymbolRefAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops

HELPER = "dealloc_helper"

_HELPER_TEXT = """
func.func private @dealloc_helper(%freed: memref<?xindex>, %retained: memref<?xindex>,
    %owned: memref<?xi1>, %frees: memref<?xi1>, %retained_owned: memref<?xi1>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %true = arith.constant true
  %false = arith.constant false
  %num_freed = memref.dim %freed, %c0 : memref<?xindex>
  %num_retained = memref.dim %retained, %c0 : memref<?xindex>
  scf.for %i = %c0 to %num_retained step %c1 {
    memref.store %false, %retained_owned[%i] : memref<?xi1>
  }
  scf.for %i = %c0 to %num_freed step %c1 {
    %pointer = memref.load %freed[%i] : memref<?xindex>
    %own = memref.load %owned[%i] : memref<?xi1>
    %unretained = scf.for %j = %c0 to %num_retained step %c1 iter_args(%so_far = %true) -> (i1) {
      %other = memref.load %retained[%j] : memref<?xindex>
      %same = arith.cmpi eq, %other, %pointer : index
      scf.if %same {
        %before = memref.load %retained_owned[%j] : memref<?xi1>
        %now = arith.ori %before, %own : i1
        memref.store %now, %retained_owned[%j] : memref<?xi1>
      }
      %differs = arith.cmpi ne, %other, %pointer : index
      %still = arith.andi %so_far, %differs : i1
      scf.yield %still : i1
    }
    %first = scf.for %j = %c0 to %i step %c1 iter_args(%so_far = %unretained) -> (i1) {
      %other = memref.load %freed[%j] : memref<?xindex>
      %other_own = memref.load %owned[%j] : memref<?xi1>
      %same = arith.cmpi eq, %other, %pointer : index
      %freed_before = arith.andi %same, %other_own : i1
      %is_first = arith.xori %freed_before, %true : i1
      %still = arith.andi %so_far, %is_first : i1
      scf.yield %still : i1
    }
    %free = arith.andi %first, %own : i1
    memref.store %free, %frees[%i] : memref<?xi1>
  }
  return
}
"""


class DeallocLowering:
    """Lowers the deallocations of one program.

    Args:
        root: a module if ops that free several buffers, some of them retained, may occur.
    """

    def __init__(self, root: Operation) -> None:
        self.root = root
        self.rewriter = Rewriter()
        self._helper: str | None = None

    def lower(self, op: DeallocOp) -> None:
        """Replaces `op`.

        Raises:
            PassError: the general case is met, but `root` is not a module.
        """
        self.rewriter.start_at(op)
        if not op.memrefs:
            no = [self.rewriter.constant(0, types.i1, None, ("arith",)) for _ in op.results]
            self.rewriter.replace(op, no)
        elif len(op.memrefs) == 1:
            self.rewriter.replace(op, self._one(op))
        else:
            self.rewriter.replace(op, self._general(op))

    def _free_if(self, condition: Value, memref: Value) -> None:
        then = Block()
        with self.rewriter.at_end(then):
            buffer_ops.make(self.rewriter, "memref.dealloc", [memref])
            buffer_ops.make(self.rewriter, "scf.yield")
        regions = [Region([then]), Region()]
        self.rewriter.insert(IfOp.create([condition], [], None, None, (), regions))

    def _pointer(self, memref: Value) -> Value:
        name = "memref.extract_aligned_pointer_as_index"
        return buffer_ops.make(self.rewriter, name, [memref], [types.index]).result

    def _binary(self, name: str, a: Value, b: Value) -> Value:
        return buffer_ops.make(self.rewriter, name, [a, b], [types.i1]).result

    def _differs(self, a: Value, b: Value) -> Value:
        return self.rewriter.insert(CmpIOp("ne", a, b)).result

    def _one(self, op: DeallocOp) -> list[Value]:
        """One buffer: compared with each that is retained."""
        (memref,), (condition,) = op.memrefs, op.conditions
        if not op.retained:
            self._free_if(condition, memref)
            return []
        pointer = self._pointer(memref)
        differ = [self._differs(pointer, self._pointer(kept)) for kept in op.retained]
        alone = differ[0]
        for other in differ[1:]:
            alone = self._binary("arith.andi", alone, other)
        self._free_if(self._binary("arith.andi", alone, condition), memref)
        yes = self.rewriter.constant(1, types.i1, None, ("arith",))
        return [self._and_not(condition, answer, yes) for answer in differ]

    def _and_not(self, condition: Value, answer: Value, yes: Value) -> Value:
        return self._binary("arith.andi", self._binary("arith.xori", answer, yes), condition)

    # Several buffers: a function compares them all.

    def _general(self, op: DeallocOp) -> list[Value]:
        helper = self._function(op)
        freed = self._scratch(len(op.memrefs), types.index)
        owned = self._scratch(len(op.memrefs), types.i1)
        retained = self._scratch(len(op.retained), types.index)
        self._store_pointers(op.memrefs, freed)
        for number, condition in enumerate(op.conditions):
            self._store(condition, owned, number)
        self._store_pointers(op.retained, retained)
        given = [self._open(buffer) for buffer in (freed, owned, retained)]
        frees = self._scratch(len(op.memrefs), types.i1)
        answers = self._scratch(len(op.retained), types.i1)
        arguments = [given[0], given[2], given[1], self._open(frees), self._open(answers)]
        buffer_ops.make(
            self.rewriter, "func.call", arguments, [], {"callee": SymbolRefAttr(helper)}
        )
        for number, memref in enumerate(op.memrefs):
            self._free_if(self._element(frees, number), memref)
        results = [self._element(answers, number) for number in range(len(op.retained))]
        for scratch in (freed, retained, owned, frees, answers):
            buffer_ops.make(self.rewriter, "memref.dealloc", [scratch])
        return results

    def _scratch(self, size: int, element: Type) -> Value:
        return buffer_ops.alloc(self.rewriter, MemRefType((size,), element), (), 0)

    def _store_pointers(self, memrefs: Sequence[Value], target: Value) -> None:
        for number, memref in enumerate(memrefs):
            self._store(self._pointer(memref), target, number)

    def _store(self, value: Value, target: Value, number: int) -> None:
        at = buffer_ops.index(self.rewriter, number)
        buffer_ops.store(self.rewriter, value, target, [at])

    def _open(self, buffer: Value) -> Value:
        assert isinstance(buffer.type, MemRefType)
        wide = MemRefType((DYNAMIC,), buffer.type.element_type)
        return buffer_ops.cast(self.rewriter, buffer, wide)

    def _element(self, buffer: Value, number: int) -> Value:
        at = buffer_ops.index(self.rewriter, number)
        return buffer_ops.load(self.rewriter, buffer, [at])

    def _function(self, op: DeallocOp) -> str:
        """The symbol of the helper function, which is made when first needed."""
        if self._helper is None:
            if self.root.name != "builtin.module":
                text = "library function required for generic lowering, but cannot be "
                text += "automatically inserted when operating on functions"
                raise PassError(Diagnostic(Severity.ERROR, f"'{op.name}' op {text}", op.place))
            self._helper = _unused_name(self.root)
            function = parse_module(_HELPER_TEXT).regions[0].entry.first
            assert function is not None
            function.properties["sym_name"] = StringAttr(self._helper)
            self.root.regions[0].entry.append(function.detach())
        return self._helper


def _unused_name(module: Operation) -> str:
    taken = {getattr(op.get_attribute("sym_name"), "value", "") for op in module.regions[0].entry}
    name, number = HELPER, 0
    while name in taken:
        name, number = f"{HELPER}_{number}", number + 1
    return name
