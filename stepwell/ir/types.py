"""The builtin types: https://mlir.llvm.org/docs/Dialects/Builtin/#types."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.attribute import Attribute, Show, Type
from stepwell.ir.diagnostics import VerifyError

DYNAMIC = -(2**63)
"""The size, stride or offset that is known only when the program runs; printed `?`."""

FLOAT_WIDTHS = {
    "f64": 64,
    "f32": 32,
    "f16": 16,
    "bf16": 16,
    "tf32": 19,
    "f80": 80,
    "f128": 128,
    "f8E5M2": 8,
    "f8E4M3": 8,
    "f8E4M3FN": 8,
    "f8E5M2FNUZ": 8,
    "f8E4M3FNUZ": 8,
    "f8E4M3B11FNUZ": 8,
    "f8E3M4": 8,
    "f8E8M0FNU": 8,
    "f6E2M3FN": 6,
    "f6E3M2FN": 6,
    "f4E2M1FN": 4,
}


class IndexType(Type):
    """`index`: as wide as a pointer of the target (64 bits for all of ours)."""

    def text(self, show: Show) -> str:
        return "index"


class IntegerType(Type):
    """`i32`, `si8`, `ui64`: `width` bits, signless unless `signedness` says otherwise.

    Args:
        width: bits, 0 to 2**24 - 1.
        signedness: "" (signless), "s" or "u".
    """

    width: int
    signedness: str = ""

    def verify(self) -> None:
        if not 0 <= self.width < 2**24:
            raise VerifyError(f"integer bitwidth is limited to {2**24 - 1} bits")

    def text(self, show: Show) -> str:
        return f"{self.signedness}i{self.width}"

    @property
    def is_signless(self) -> bool:
        """Whether the type says nothing about its sign, as all of arith's do."""
        return not self.signedness


class FloatType(Type):
    """A floating-point type, by its MLIR name: `FloatType("f32")`."""

    format: str

    def verify(self) -> None:
        if self.format not in FLOAT_WIDTHS:
            raise VerifyError(f"unknown floating-point type '{self.format}'")

    def text(self, show: Show) -> str:
        return self.format

    @property
    def width(self) -> int:
        """Bits."""
        return FLOAT_WIDTHS[self.format]


class NoneType(Type):
    """`none`: a type with one value."""

    def text(self, show: Show) -> str:
        return "none"


class ComplexType(Type):
    """`complex<f32>`."""

    element_type: Type

    def verify(self) -> None:
        if not isinstance(self.element_type, (IntegerType, FloatType)):
            raise VerifyError("invalid element type for complex")

    def text(self, show: Show) -> str:
        return f"complex<{show(self.element_type)}>"


class TupleType(Type):
    """`tuple<i32, f32>`."""

    types: tuple[Type, ...] = ()

    def text(self, show: Show) -> str:
        return f"tuple<{', '.join(map(show, self.types))}>"


class FunctionType(Type):
    """`(i32, f32) -> i1`."""

    inputs: tuple[Type, ...]
    results: tuple[Type, ...]

    def text(self, show: Show) -> str:
        inputs = ", ".join(map(show, self.inputs))
        return f"({inputs}) -> {self.results_text(show)}"

    def results_text(self, show: Show) -> str:
        """The part after the arrow: bare for one result that is not itself a function."""
        results = self.results
        if len(results) == 1 and not isinstance(results[0], FunctionType):
            return show(results[0])
        return f"({', '.join(map(show, results))})"


class OpaqueType(Type):
    """`!dialect.anything` of a dialect that is not registered; kept as its text."""

    dialect: str
    data: str

    def text(self, show: Show) -> str:
        return f"!{self.dialect}.{self.data}"


class ShapedType(Type):
    """Base of the types that have a shape and an element type."""

    __slots__ = ()

    @property
    def rank(self) -> int:
        """Number of dimensions. Only for ranked types."""
        return len(dims_of(self))

    @property
    def has_static_shape(self) -> bool:
        """Whether the rank and every size are known."""
        return is_ranked(self) and DYNAMIC not in dims_of(self)

    @property
    def num_elements(self) -> int:
        """The product of the sizes. Only for static shapes."""
        total = 1
        for size in dims_of(self):
            total *= size
        return total


class VectorType(ShapedType):
    """`vector<4x[8]xf32>`: static sizes; a bracketed one is scalable.

    Args:
        shape: sizes, each at least 1.
        element_type: an integer, index, float, or dialect type.
        scalable: one flag a dimension; empty means none is scalable.
    """

    shape: tuple[int, ...]
    element_type: Type
    scalable: tuple[bool, ...] = ()

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        shape, element, scalable = args
        flags = tuple(scalable) if isinstance(scalable, Sequence) else ()
        sizes = shape if isinstance(shape, tuple) else tuple(shape)  # type: ignore[arg-type]
        return sizes, element, flags if any(flags) else ()

    def verify(self) -> None:
        if any(size <= 0 for size in self.shape):
            raise VerifyError("vector types must have positive constant sizes but got "
                              + ", ".join(map(str, self.shape)))  # fmt: skip
        if isinstance(self.element_type, (ShapedType, FunctionType, NoneType, TupleType)):
            raise VerifyError("failed to verify 'elementType': VectorElementTypeInterface instance")

    def text(self, show: Show) -> str:
        flags = self.scalable or (False,) * len(self.shape)
        dims = "".join(
            f"[{size}]x" if flag else f"{size}x"
            for size, flag in zip(self.shape, flags, strict=True)
        )
        return f"vector<{dims}{show(self.element_type)}>"


class RankedTensorType(ShapedType):
    """`tensor<4x?xf32, #encoding>`."""

    shape: tuple[int, ...]
    element_type: Type
    encoding: Attribute | None = None

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        return (tuple(args[0]), *args[1:])  # type: ignore[arg-type]

    def verify(self) -> None:
        verify_element(self.element_type, "tensor")

    def text(self, show: Show) -> str:
        encoding = f", {show(self.encoding)}" if self.encoding is not None else ""
        return f"tensor<{dims_text(self.shape)}{show(self.element_type)}{encoding}>"


class UnrankedTensorType(ShapedType):
    """`tensor<*xf32>`."""

    element_type: Type

    def verify(self) -> None:
        verify_element(self.element_type, "tensor")

    def text(self, show: Show) -> str:
        return f"tensor<*x{show(self.element_type)}>"


class MemRefType(ShapedType):
    """`memref<4x?xf32, strided<[?, 1]>, 3>`.

    Args:
        shape: sizes; `DYNAMIC` where unknown.
        element_type: what it holds.
        layout: None for row-major; else a strided layout or an affine map attribute.
        memory_space: None for the default one (0).
    """

    shape: tuple[int, ...]
    element_type: Type
    layout: Attribute | None = None
    memory_space: Attribute | None = None

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        shape, element, layout, space = args
        sizes: tuple[int, ...] = tuple(shape)  # type: ignore[arg-type]
        if layout is not None and getattr(layout, "is_identity", False):
            layout = None
        if space is not None and getattr(space, "is_default_memory_space", False):
            space = None
        return sizes, element, layout, space

    def verify(self) -> None:
        verify_element(self.element_type, "memref")
        layout_rank = getattr(self.layout, "layout_rank", len(self.shape))
        if layout_rank != len(self.shape):
            raise VerifyError(
                f"expected the number of {getattr(self.layout, 'layout_noun', 'dimensions')} to "
                f"match the rank: memref has rank {len(self.shape)}, its layout {layout_rank}"
            )

    def text(self, show: Show) -> str:
        parts = [dims_text(self.shape) + show(self.element_type)]
        if self.layout is not None:
            parts.append(show(self.layout))
        if self.memory_space is not None:
            parts.append(show(self.memory_space).removesuffix(" : i64"))
        return f"memref<{', '.join(parts)}>"


class UnrankedMemRefType(ShapedType):
    """`memref<*xf32, 3>`."""

    element_type: Type
    memory_space: Attribute | None = None

    def verify(self) -> None:
        verify_element(self.element_type, "memref")

    def text(self, show: Show) -> str:
        space = ""
        if self.memory_space is not None:
            space = f", {show(self.memory_space).removesuffix(' : i64')}"
        return f"memref<*x{show(self.element_type)}{space}>"


RankedShapedType = VectorType | RankedTensorType | MemRefType
TensorType = RankedTensorType | UnrankedTensorType
BaseMemRefType = MemRefType | UnrankedMemRefType

index = IndexType()
i1, i8, i16, i32, i64 = (IntegerType(width) for width in (1, 8, 16, 32, 64))
f16, bf16, f32, f64 = (FloatType(name) for name in ("f16", "bf16", "f32", "f64"))
none = NoneType()


def is_ranked(type: Type) -> bool:
    """Whether `type` is a vector, or a tensor or memref of known rank."""
    return isinstance(type, (VectorType, RankedTensorType, MemRefType))


def dims_of(type: Type) -> tuple[int, ...]:
    """The sizes of a ranked type."""
    if isinstance(type, (VectorType, RankedTensorType, MemRefType)):
        return type.shape
    raise TypeError(f"{type} has no known rank")


def element_type_or_self(type: Type) -> Type:
    """The element type of a shaped type, else the type itself."""
    if isinstance(type, ShapedType):
        element: Type = type.element_type  # type: ignore[attr-defined]
        return element
    return type


def with_element(type: Type, element: Type) -> Type:
    """`type` with its element type (or itself, if it is a scalar) replaced by `element`."""
    match type:
        case VectorType():
            return VectorType(type.shape, element, type.scalable)
        case RankedTensorType():
            return RankedTensorType(type.shape, element, type.encoding)
        case UnrankedTensorType():
            return UnrankedTensorType(element)
        case MemRefType():
            return MemRefType(type.shape, element, type.layout, type.memory_space)
        case UnrankedMemRefType():
            return UnrankedMemRefType(element, type.memory_space)
    return element


def dims_text(shape: tuple[int, ...]) -> str:
    """`4x?x` for (4, DYNAMIC)."""
    return "".join("?x" if size == DYNAMIC else f"{size}x" for size in shape)


def verify_element(element: Type, of: str) -> None:
    """Raises VerifyError unless tensors (memrefs) may hold `element`."""
    bad: tuple[type[Type], ...] = (FunctionType, NoneType, TupleType)
    if of == "tensor":
        bad = (*bad, RankedTensorType, UnrankedTensorType, MemRefType, UnrankedMemRefType)
    if isinstance(element, bad):
        raise VerifyError(f"invalid {of} element type: {element}")
