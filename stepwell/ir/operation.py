"""Operations: the nodes of the IR.

An op has operands, results, properties (facts its definition knows), attributes (facts anybody may
attach), successors, regions and a location. Ops are made by their classes (`AddI(a, b)`, see
`stepwell.ir.definition`) or, without any checking, by `create`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import Diagnostic, Place, Severity, Source, VerifyError
from stepwell.ir.location import UNKNOWN, Location, resolve
from stepwell.ir.traits import Terminator, Trait
from stepwell.ir.value import ErasedValue, OpResult, StaleHandleError, Value

if TYPE_CHECKING:
    from stepwell.ir.fields import TypedField

_NO_REGIONS: list[Region] = []
_NO_BLOCKS: list[Block] = []

SourcePosition = tuple[Source, int]


class Operation:
    """One operation. `name` is its full name ("arith.addi"); `traits` what all such ops promise.

    `yields_constant` is the answer to `has_trait(ConstantLike)`, which is asked of every operand.
    """

    __slots__ = (
        "_attributes",
        "_location",
        "_operands",
        "_order",
        "_properties",
        "next",
        "parent",
        "prev",
        "regions",
        "results",
        "successors",
    )

    name: ClassVar[str] = ""
    traits: ClassVar[frozenset[type[Trait]]] = frozenset()
    is_registered: ClassVar[bool] = True
    yields_constant: ClassVar[bool] = False
    property_names: ClassVar[frozenset[str]] = frozenset()
    operand_fields: ClassVar[tuple[TypedField, ...]] = ()
    result_fields: ClassVar[tuple[TypedField, ...]] = ()
    states_operand_segments: ClassVar[bool] = False
    states_result_segments: ClassVar[bool] = False

    parent: Block | None
    prev: Operation | None
    next: Operation | None
    results: tuple[OpResult, ...]
    regions: list[Region]
    successors: list[Block]
    _operands: list[Value]
    _properties: dict[str, Attribute] | None
    _attributes: dict[str, Attribute] | None
    _location: Location | SourcePosition
    _order: int

    @classmethod
    def create(
        cls,
        operands: Sequence[Value] = (),
        result_types: Sequence[Type] = (),
        properties: dict[str, Attribute] | None = None,
        attributes: dict[str, Attribute] | None = None,
        successors: Sequence[Block] = (),
        regions: Sequence[Region] = (),
        location: Location | SourcePosition = UNKNOWN,
    ) -> Self:
        """A detached op from its parts, unchecked (the verifier checks)."""
        op = cls.__new__(cls)
        op._build(operands, result_types, properties, attributes, successors, regions, location)
        return op

    def _build(
        self,
        operands: Sequence[Value],
        result_types: Sequence[Type],
        properties: dict[str, Attribute] | None,
        attributes: dict[str, Attribute] | None,
        successors: Sequence[Block],
        regions: Sequence[Region],
        location: Location | SourcePosition,
    ) -> None:
        op = self
        op._operands = list(operands)
        op._properties = properties
        op._attributes = attributes
        op._location = location
        op.parent = op.prev = op.next = None
        op._order = 0
        for value in op._operands:
            users = value._users
            if users is None:
                value._users = {op: 1}
            else:
                users[op] = users.get(op, 0) + 1
        if len(result_types) == 1:  # mostly; a list would take twice as long
            op.results = (OpResult(result_types[0], op, 0),)
        else:
            op.results = tuple([OpResult(type, op, n) for n, type in enumerate(result_types)])
        op.successors = _NO_BLOCKS
        op.regions = _NO_REGIONS
        if successors:
            op.successors = list(successors)
            for block in op.successors:
                op._refer(block)
        if regions:
            op.regions = list(regions)
            for region in op.regions:
                region.parent = op

    # Operands.

    @property
    def operands(self) -> tuple[Value, ...]:
        """The operands, as a snapshot. Change them with `set_operand` or `set_operands`."""
        return tuple(self._operands)

    @property
    def num_operands(self) -> int:
        """How many operands there are."""
        return len(self._operands)

    def set_operand(self, number: int, value: Value) -> None:
        """Replaces operand `number`."""
        old = self._operands[number]
        if old is value:
            return
        old._remove_use(self)
        self._operands[number] = value
        value._add_use(self)

    def set_operands(self, values: Iterable[Value]) -> None:
        """Replaces all operands. Segment sizes, where the op has them, are the caller's to set."""
        for old in self._operands:
            old._remove_use(self)
        self._operands = list(values)
        for value in self._operands:
            value._add_use(self)

    # Facts.

    @property
    def properties(self) -> dict[str, Attribute]:
        """The facts that the op's definition names, by name."""
        if self._properties is None:
            self._properties = {}
        return self._properties

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The discardable attributes, by name."""
        if self._attributes is None:
            self._attributes = {}
        return self._attributes

    def get_attribute(self, name: str) -> Attribute | None:
        """The property or attribute `name`, or None."""
        found = self._properties.get(name) if self._properties else None
        if found is None and self._attributes:
            found = self._attributes.get(name)
        return found

    def set_attribute(self, name: str, value: Attribute) -> None:
        """Sets the property `name` if the op's definition has it, else the attribute."""
        (self.properties if name in self.property_names else self.attributes)[name] = value

    @property
    def result_types(self) -> tuple[Type, ...]:
        """The types of the results."""
        return tuple([result.type for result in self.results])

    @property
    def operand_types(self) -> tuple[Type, ...]:
        """The types of the operands."""
        return tuple([value.type for value in self._operands])

    @property
    def result(self) -> OpResult:
        """The only result. Raises ValueError if there is not exactly one."""
        (only,) = self.results
        return only

    @property
    def location(self) -> Location:
        """Where the op came from."""
        location = self._location
        if isinstance(location, tuple):
            location = self._location = resolve(*location)
        return location

    @location.setter
    def location(self, location: Location) -> None:
        self._location = location

    @property
    def place(self) -> Place | None:
        """Where diagnostics about this op point."""
        location = self._location
        if isinstance(location, tuple):
            source, offset = location
            return Place(source.name, *source.line_and_column(offset), source)
        return location.place

    @classmethod
    def has_trait(cls, trait: type[Trait]) -> bool:
        """Whether all ops of this class promise `trait`."""
        return trait in cls.traits

    @property
    def may_be_terminator(self) -> bool:
        """Whether the op may end a block."""
        return Terminator in self.traits or not self.is_registered

    # Places.

    @property
    def parent_region(self) -> Region | None:
        """The region that holds the op's block."""
        return self.parent.parent if self.parent is not None else None

    @property
    def parent_op(self) -> Operation | None:
        """The op whose region holds this one."""
        region = self.parent.parent if self.parent is not None else None
        return region.parent if region is not None else None

    def ancestors(self) -> Iterator[Operation]:
        """The enclosing ops, innermost first, without this one."""
        op = self.parent_op
        while op is not None:
            yield op
            op = op.parent_op

    def is_ancestor_of(self, other: Operation) -> bool:
        """Whether `other` is this op or stands inside it."""
        return other is self or any(op is self for op in other.ancestors())

    def is_before_in_block(self, other: Operation) -> bool:
        """Whether this op stands before `other`; both must be in one block."""
        assert self.parent is not None
        return self.parent.is_before(self, other)

    # Changes.

    def set_successor(self, number: int, block: Block) -> None:
        """Replaces successor `number`."""
        self._forget(self.successors[number])
        self.successors[number] = block
        self._refer(block)

    def set_successors(self, blocks: Iterable[Block]) -> None:
        """Replaces all successors."""
        for block in self.successors:
            self._forget(block)
        self.successors = list(blocks)
        for block in self.successors:
            self._refer(block)

    def add_region(self, region: Region) -> None:
        """Appends a region that belongs to no op."""
        assert region.parent is None
        self.regions = [*self.regions, region]
        region.parent = self

    def detach(self) -> Self:
        """Takes the op out of its block (if it is in one) and returns it."""
        if self.parent is not None:
            self.parent.detach(self)
        return self

    def move_before(self, anchor: Operation) -> None:
        """Moves the op to just before `anchor`."""
        self.detach()
        assert anchor.parent is not None
        anchor.parent.insert_before(self, anchor)

    def move_after(self, anchor: Operation) -> None:
        """Moves the op to just after `anchor`."""
        self.detach()
        assert anchor.parent is not None
        anchor.parent.insert_before(self, anchor.next)

    def replace_all_uses_with(self, values: Sequence[Value] | Operation) -> None:
        """Makes every user of the results use `values` (or the results of that op) instead."""
        new = values.results if isinstance(values, Operation) else values
        for old, value in zip(self.results, new, strict=True):
            old.replace_all_uses_with(value)

    def drop_all_references(self) -> None:
        """Gives up the uses of operands and successors, here and in all regions."""
        self._drop_own_references()
        for op in ops_inside(self.regions) if self.regions else ():
            op._drop_own_references()

    def _drop_own_references(self) -> None:
        for value in self._operands:
            if value._users is not None:
                value._users.pop(self, None)  # with all uses, if it is several operands
        self._operands = []
        if self.successors:
            for block in self.successors:
                self._forget(block)
            self.successors = _NO_BLOCKS

    def erase(self, check_uses: bool = True) -> None:
        """Removes the op and all inside it for good; names still held for them turn stale.

        Raises:
            StaleHandleError: a result is still used (unless `check_uses` is off).
        """
        for result in self.results if check_uses else ():
            if result._users:
                raise StaleHandleError(f"cannot erase '{self.name}': a result of it is still used")
        self.detach()
        inside = [self, *ops_inside(self.regions)] if self.regions else [self]
        for op in inside:
            op._drop_own_references()
        for op in inside:
            for result in op.results:
                result.__class__ = ErasedValue  # type: ignore[assignment]
            op.__class__ = ErasedOp

    def _refer(self, block: Block) -> None:
        if block._predecessors is None:
            block._predecessors = {}
        block._predecessors[self] = block._predecessors.get(self, 0) + 1

    def _forget(self, block: Block) -> None:
        assert block._predecessors is not None
        block._predecessors[self] -= 1
        if not block._predecessors[self]:
            del block._predecessors[self]

    # Errors.

    def error(self, message: str) -> VerifyError:
        """An error about this op, to be raised: `raise op.error("...")`."""
        text = f"'{self.name}' op {message}"
        return VerifyError(Diagnostic(Severity.ERROR, text, self.place))

    def __str__(self) -> str:
        return PRINT(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class UnregisteredOp(Operation):
    """An op of a dialect that nobody registered; only its structure is known.

    `unregistered_class(name)` gives the subclass of that name.
    """

    __slots__ = ()
    is_registered = False


class ErasedOp(Operation):
    """What an erased op becomes: any use of it says so."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> object:
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        raise StaleHandleError("this op has been erased from the program")


_unregistered: dict[str, type[UnregisteredOp]] = {}


def unregistered_class(name: str) -> type[UnregisteredOp]:
    """The class of ops called `name` for which there is no definition."""
    found = _unregistered.get(name)
    if found is None:
        found = type(name, (UnregisteredOp,), {"__slots__": (), "name": name})
        _unregistered[name] = found
    return found


def walk(root: Operation, reverse: bool = False) -> Iterator[Operation]:
    """`root` and every op inside it, each before those it contains.

    The op being visited may be erased if it has no regions, or detached; with `reverse`, blocks and
    ops are visited last first (still each before those it contains).
    """
    stack: list[Iterator[Operation]] = [iter((root,))]
    while stack:
        for op in stack[-1]:
            regions = op.regions
            yield op
            if regions:
                stack.append(_ops_inside(regions, reverse))
                break
        else:
            stack.pop()


def ops_inside(
    regions: Sequence[Region], passes: Callable[[Operation], bool] | None = None
) -> list[Operation]:
    """Every op inside `regions`, each before those it contains; quicker than a walk.

    Args:
        regions: of one op or several.
        passes: asked of ops with regions: whether to pass over what these contain.
    """
    found: list[Operation] = []
    pending = _first_ops(regions)
    while pending:
        op = pending.pop()
        while op is not None:
            found.append(op)
            if op.regions and not (passes is not None and passes(op)):
                pending.append(op.next)
                pending += _first_ops(op.regions)
                break
            op = op.next
    return found


def _first_ops(regions: Sequence[Region]) -> list[Operation | None]:
    """The first op of every block, last block first."""
    return [block.first for region in reversed(regions) for block in region.backward()]


def walk_post_order(root: Operation) -> Iterator[Operation]:
    """`root` and every op inside it, each after those it contains. Any visited op may be erased."""
    stack: list[tuple[Operation, Iterator[Operation]]] = [(root, _ops_inside(root.regions, False))]
    while stack:
        op, inside = stack[-1]
        for inner in inside:
            if inner.regions:
                stack.append((inner, _ops_inside(inner.regions, False)))
                break
            yield inner
        else:
            stack.pop()
            yield op


def _ops_inside(regions: list[Region], reverse: bool) -> Iterator[Operation]:
    if reverse:
        for region in reversed(regions):
            for block in reversed(list(region.blocks)):
                yield from block.ops_reversed
        return
    for region in regions:
        for block in region.blocks:
            op = block.first  # not through `block.ops`, which would double the cost of a step
            while op is not None:
                following = op.next
                yield op
                op = following


def _print_not_loaded(op: Operation) -> str:
    return repr(op)


PRINT = _print_not_loaded
"""Set by `stepwell.ir.text.printer`: turns an op into text."""
