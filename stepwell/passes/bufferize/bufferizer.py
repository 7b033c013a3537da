"""Rewriting one function from tensors to memrefs, by the decisions of the analysis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.block import Block
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import MemRefType
from stepwell.ir.value import BlockArgument, OpResult, Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.bufferize.analysis import Analysis
from stepwell.passes.bufferize.model import has_tensors, is_tensor, model_of

IDENTITY, INFER, DYNAMIC_LAYOUT = (
    "identity-layout-map",
    "infer-layout-map",
    "fully-dynamic-layout-map",
)


@dataclass(slots=True)
class BufferizationOptions:
    """The options of `one-shot-bufferize`; names as upstream's, with `_` for `-`."""

    bufferize_function_boundaries: bool = False
    function_boundary_type_conversion: str = INFER
    unknown_type_conversion: str = DYNAMIC_LAYOUT
    allow_unknown_ops: bool = False
    allow_return_allocs_from_loops: bool = False
    copy_before_write: bool = False
    buffer_alignment: int = 64
    dialect_filter: list[str] = field(default_factory=list)
    no_analysis_func_filter: list[str] = field(default_factory=list)


class Bufferizer:
    """Bufferizes the ops of one function in the order of the text.

    Attributes:
        buffers: the memref that holds each tensor.
        keep: names of ops that stay on tensors.
        copied_yields: operands of terminators that must hand on a copy.
        rewriter: stands before the op that is being bufferized.
    """

    def __init__(
        self, module: Operation, analysis: Analysis, options: BufferizationOptions
    ) -> None:
        self.module = module
        self.analysis = analysis
        self.options = options
        self.rewriter = Rewriter()
        self.buffers: dict[Value, Value] = {}
        self.dead: list[Operation] = []
        self.dead_arguments: list[BlockArgument] = []
        self.keep: frozenset[str] = frozenset()
        self.copied_yields: set[tuple[Operation, int]] = set()
        self._assumed: dict[Value, Type] = {}
        self._types_under_way: set[Value] = set()

    def run(self, roots: Sequence[Operation]) -> None:
        """Bufferizes `roots` and everything inside them.

        Raises:
            PassError: an op on tensors cannot be bufferized.
        """
        ops = [op for root in roots for op in walk(root) if has_tensors(op)]
        for op in ops:
            self.rewriter.start_at(op)
            model = model_of(op)
            if model is not None and self._wanted(op):
                model.resolve(op, self.analysis, self)
        for op in ops:
            self.rewriter.start_at(op)
            model = model_of(op)
            if model is not None and self._wanted(op):
                model.bufferize(op, self)
            elif self.options.allow_unknown_ops or not self._wanted(op):
                self._leave(op)
            else:
                raise PassError(
                    Diagnostic(Severity.ERROR, f"'{op.name}' op was not bufferized", op.place)
                )
        self._clean()

    def _wanted(self, op: Operation) -> bool:
        if op.name in self.keep:
            return False
        chosen = self.options.dialect_filter
        return not chosen or op.name.partition(".")[0] in chosen

    def _leave(self, op: Operation) -> None:
        """Keeps an op on tensors, with casts at its border."""
        for number, value in enumerate(op.operands):
            if is_tensor(value.type) and value in self.buffers:
                op.set_operand(number, self.to_tensor(self.buffers[value], value.type))

    def _clean(self) -> None:
        for op in reversed(self.dead):
            op.drop_all_references()
        for op in reversed(self.dead):
            op.erase(check_uses=False)
        dead: dict[Block, list[BlockArgument]] = {}
        for argument in self.dead_arguments:
            if not argument.has_uses:
                dead.setdefault(argument.owner, []).append(argument)
        for block, arguments in dead.items():
            block.erase_arguments(arguments)

    # What models use.

    def buffer(self, op: Operation, number: int) -> Value:
        """The memref for a tensor operand: its own buffer, or a fresh copy if it must not be that.

        Args:
            op: the op that is being bufferized.
            number: of the operand.
        """
        value = op._operands[number]
        own = self.buffer_of(value)
        if self.analysis.is_in_place(op, number):
            return own
        return self.fresh_copy(own, self._contents_matter(op, number))

    def _contents_matter(self, op: Operation, number: int) -> bool:
        """Whether a copy needs the contents, or the op overwrites them all unread."""
        model = model_of(op)
        assert model is not None
        if model.reads(op, number, self.analysis):
            return True
        return not model.writes(op, number, self.analysis)

    def fresh_copy(self, source: Value, with_contents: bool = True) -> Value:
        """A new buffer of the shape of `source`, and its contents if wanted."""
        assert isinstance(source.type, MemRefType)
        type = MemRefType(source.type.shape, source.type.element_type)
        sizes = buffer_ops.dynamic_dims(self.rewriter, source)
        made = self.alloc(type, sizes)
        if with_contents:
            buffer_ops.copy(self.rewriter, source, made)
        return made

    def alloc(self, type: MemRefType, sizes: Sequence[Value] = ()) -> Value:
        """A fresh buffer of this type."""
        return buffer_ops.alloc(self.rewriter, type, sizes, self.options.buffer_alignment)

    def buffer_of(self, value: Value) -> Value:
        """The memref that holds a tensor; made by a cast if an op that stays makes the tensor."""
        found = self.buffers.get(value)
        if found is None:
            type = self.identity_type(value.type)
            if self.options.unknown_type_conversion == DYNAMIC_LAYOUT:
                type = buffer_ops.dynamic_layout(type) if isinstance(type, MemRefType) else type
            made = buffer_ops.make(self.rewriter, "bufferization.to_buffer", [value], [type])
            found = self.buffers[value] = made.result
            if value.owner in self.dead:
                raise AssertionError("a tensor lost its buffer")
        return found

    def to_tensor(self, buffer: Value, type: Type) -> Value:
        """A tensor that reads `buffer`, for an op that stays as it is."""
        return buffer_ops.make(self.rewriter, "bufferization.to_tensor", [buffer], [type]).result

    def replace(self, op: Operation, results: Sequence[Value]) -> None:
        """Ends the bufferization of `op`: its results are these memrefs and scalars."""
        for old, new in zip(op.results, results, strict=True):
            if is_tensor(old.type):
                self.buffers[old] = new
                new.name_hint = new.name_hint or old.name_hint
            else:
                old.replace_all_uses_with(new)
        self.dead.append(op)

    def as_type(self, buffer: Value, type: Type) -> Value:
        """`buffer` as a memref of `type`: itself, a cast, or (if no cast is safe) a copy."""
        if buffer.type is type:
            return buffer
        if buffer_ops.surely_castable(buffer.type, type):
            return buffer_ops.cast(self.rewriter, buffer, type)
        assert isinstance(type, MemRefType)
        sizes = [
            buffer_ops.dim(self.rewriter, buffer, n)
            for n, size in enumerate(type.shape)
            if size == types.DYNAMIC
        ]
        made = self.alloc(type, sizes)
        buffer_ops.copy(self.rewriter, buffer, made)
        return made

    # Types.

    def identity_type(self, type: Type) -> Type:
        """The memref type in row-major layout for a tensor type."""
        if isinstance(type, types.UnrankedTensorType):
            return types.UnrankedMemRefType(type.element_type)
        assert isinstance(type, types.RankedTensorType)
        return MemRefType(type.shape, type.element_type)

    def buffer_type(self, value: Value) -> Type:
        """The type of the memref that holds, or will hold, a tensor."""
        found = self.buffers.get(value)
        if found is not None:
            return found.type
        if value in self._assumed:
            return self._assumed[value]
        if value in self._types_under_way:
            return self.identity_type(value.type)
        holder = value.owner if isinstance(value, OpResult) else value.owner.parent_op
        assert isinstance(holder, Operation)
        model = model_of(holder)
        if model is None:
            return self.identity_type(value.type)
        self._types_under_way.add(value)
        type = model.buffer_type(holder, value, self)
        self._types_under_way.discard(value)
        return type

    @contextmanager
    def assuming(self, value: Value, type: Type) -> Iterator[None]:
        """Inside, the buffer of `value` is taken to have `type`: a loop's argument, say."""
        self._assumed[value] = type
        try:
            yield
        finally:
            del self._assumed[value]

    def operand_type(self, op: Operation, number: int) -> Type:
        """The type of what `buffer(op, number)` will give."""
        value = op._operands[number]
        if self.analysis.is_in_place(op, number):
            return self.buffer_type(value)
        return self.identity_type(value.type)
