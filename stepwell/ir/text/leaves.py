"""Types and attributes that are closed in themselves: `i32`, `tensor<4xf32>`, `#alias`,
`dense<...>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stepwell.ir import dialect, types
from stepwell.ir.affine.set import IntegerSet
from stepwell.ir.affine.syntax_error import AffineSyntaxError
from stepwell.ir.affine.text import parse_map, parse_set
from stepwell.ir.affine_attributes import AffineMapAttr, IntegerSetAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    FALSE,
    TRUE,
    UNIT,
    DenseArrayAttr,
    DistinctAttr,
    OpaqueAttr,
    StridedLayoutAttr,
)
from stepwell.ir.dense_attributes import (
    DenseElementsAttr,
    DenseResourceAttr,
    SparseElementsAttr,
    element_name,
)
from stepwell.ir.numbers.dense import DenseData
from stepwell.ir.numbers.dense_error import DenseLiteralError
from stepwell.ir.numbers.dense_parse import parse_dense_literal
from stepwell.ir.numbers.float_format import float_format
from stepwell.ir.numbers.float_text import parse_float
from stepwell.ir.text import lexer

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader

TYPE_WORDS = frozenset({"tensor", "memref", "vector", "complex", "tuple"})
_INTEGER = re.compile(r"([su]?)i([1-9][0-9]*|0)\Z", re.ASCII)
_simple: dict[str, Type] = {
    "index": types.index,
    "none": types.none,
    **{name: types.FloatType(name) for name in types.FLOAT_WIDTHS},
}
_not_simple: set[str] = set()


def simple_type(word: str) -> Type | None:
    """The type that a bare word stands for, or None."""
    found = _simple.get(word)
    if found is None and word not in _not_simple:
        match = _INTEGER.match(word)
        if match is not None and len(match[2]) <= 8 and int(match[2]) < 2**24:
            found = _simple[word] = types.IntegerType(int(match[2]), match[1])
        elif len(_not_simple) < 10_000:
            _not_simple.add(word)
    return found


# Types.


def parse_type_leaf(reader: Reader, text: str, start: int) -> Type:
    """The type that `text` (found at `start`) stands for.

    Raises:
        ParseError: it stands for none.
    """
    word, angle, rest = text.partition("<")
    body = rest[:-1]
    inner = reader.sub_reader(body, start + len(word) + 1) if angle else None
    if word.startswith("!"):
        return _named_type(reader, word[1:], body, inner, start)
    assert inner is not None
    word = word.rstrip()
    builders: dict[str, Callable[[Reader], Type]] = {
        "tensor": _tensor,
        "memref": _memref,
        "vector": _vector,
        "complex": lambda sub: types.ComplexType(sub.type()),
        "tuple": lambda sub: types.TupleType(tuple(sub.types()) if not sub.at_end() else ()),
    }
    made = reader.checked(lambda: builders[word](inner), start)
    _at_end(inner)
    return made


def _at_end(reader: Reader) -> None:
    if not reader.at_end():
        raise reader.error(f"expected '>', found {reader.found()}")


def _named_type(reader: Reader, name: str, body: str, inner: Reader | None, start: int) -> Type:
    if "." not in name:
        alias = reader.context.type_aliases.get(name)
        if inner is not None:
            raise reader.error(f"expected '.' in type name '!{name}'", start)
        if alias is None:
            raise reader.error(f"undefined symbol alias id '{name}'", start)
        return alias
    cls = dialect.find_type(name)
    if cls is None:
        return _unknown_type(reader, name, body, inner, start)
    sub = inner if inner is not None else reader.sub_reader("", start + len(name) + 1)
    made = reader.checked(lambda: cls.parse_body(sub), start)
    _at_end(sub)
    return made


def _unknown_type(
    reader: Reader, name: str, body: str, inner: Reader | None, start: int
) -> types.OpaqueType:
    prefix, _, rest = name.partition(".")
    known = dialect.load(prefix) is not None
    if known or not reader.context.allow_unregistered:
        what = f"unknown type '{rest}' in dialect '{prefix}'" if known else (
            f"dialect '{prefix}' not found for custom type '!{name}'; use "
            "--allow-unregistered-dialect to keep it as it is"
        )  # fmt: skip
        raise reader.error(what, start)
    return types.OpaqueType(prefix, rest if inner is None else f"{rest}<{body}>")


_DIMS = re.compile(r"\s*((?:(?:[0-9]+|\?)\s*x\s*)*)", re.ASCII)
_VECTOR_DIMS = re.compile(r"\s*((?:(?:[0-9]+|\[[0-9]+\])\s*x\s*)*)", re.ASCII)
_UNRANKED = re.compile(r"\s*\*\s*x")


def _dims(reader: Reader) -> tuple[int, ...]:
    found = _DIMS.match(reader.source_text)
    assert found is not None
    reader.seek(found.end())
    sizes = [part.strip() for part in found[1].split("x")[:-1]]
    if any(size.startswith("0x") for size in sizes):
        raise reader.error("invalid dimension")
    return tuple(types.DYNAMIC if size == "?" else _size(reader, size) for size in sizes)


def _size(reader: Reader, digits: str) -> int:
    if len(digits) > lexer.LONGEST_INTEGER:
        raise reader.error("invalid dimension")
    return int(digits)


def _tensor(reader: Reader) -> Type:
    unranked = _UNRANKED.match(reader.source_text)
    if unranked:
        reader.seek(unranked.end())
        return types.UnrankedTensorType(reader.type())
    dims = _dims(reader)
    element = reader.type()
    encoding = reader.attribute() if reader.accept(",") else None
    return types.RankedTensorType(dims, element, encoding)


def _memref(reader: Reader) -> Type:
    unranked = _UNRANKED.match(reader.source_text)
    if unranked:
        reader.seek(unranked.end())
        element = reader.type()
        return types.UnrankedMemRefType(
            element, _space(reader.attribute()) if reader.accept(",") else None
        )
    dims = _dims(reader)
    element = reader.type()
    layout: Attribute | None = None
    space: Attribute | None = None
    while reader.accept(","):
        start = reader.start
        found = reader.attribute()
        if hasattr(found, "layout_rank"):
            if layout is not None or space is not None:
                raise reader.error("multiple layouts, or a layout after the memory space", start)
            layout = found
        elif space is not None:
            raise reader.error("multiple memory spaces specified in memref type", start)
        else:
            space = found
    return types.MemRefType(dims, element, layout, _space(space))


def _space(space: Attribute | None) -> Attribute | None:
    """None for the default memory space, `0 : i64`."""
    return None if str(space) == "0 : i64" else space


def _vector(reader: Reader) -> Type:
    found = _VECTOR_DIMS.match(reader.source_text)
    assert found is not None
    reader.seek(found.end())
    parts = [part.strip() for part in found[1].split("x")[:-1]]
    sizes = tuple(_size(reader, part.strip("[] ")) for part in parts)
    return types.VectorType(sizes, reader.type(), tuple(part.startswith("[") for part in parts))


# Attributes.


def attribute_leaf(reader: Reader, type: Type | None) -> Attribute | None:
    """The attribute that starts with the bare word or `#` at the reader; None if a type does."""
    word, start = reader.text, reader.start
    if word in ("true", "false"):
        reader.advance()
        return TRUE if word == "true" else FALSE
    if word == "distinct":
        return _distinct(reader)
    text, start = reader.leaf_text()
    reader.context.enter(reader, start)
    found = _bracketed(reader, text, start, type)
    reader.context.depth -= 1
    return found


def _bracketed(reader: Reader, text: str, start: int, type: Type | None) -> Attribute:
    name, angle, rest = text.partition("<")
    body = rest[:-1]
    if name.startswith("#"):
        return _named_attribute(reader, name[1:], body, bool(angle), start)
    if not angle:
        raise reader.error(f"expected '<' after '{name}'", start + len(name))
    inside = start + len(name) + 1
    name = name.rstrip()
    if name in ("affine_map", "affine_set"):
        return _affine(reader, name, body, inside)
    if name in ("dense", "dense_resource", "sparse"):
        if type is None:
            reader.literal(":")
            type = reader.type()
        return _elements(reader, name, body, inside, type)
    sub = reader.sub_reader(body, inside)
    made = _array(sub) if name == "array" else _strided(sub)
    _at_end(sub)
    return made


ATTRIBUTE_WORDS = frozenset(
    {
        "affine_map", "affine_set", "array", "dense", "dense_resource", "distinct", "false",
        "sparse", "strided", "true", "unit",
    }
)  # fmt: skip


def _named_attribute(reader: Reader, name: str, body: str, has_body: bool, start: int) -> Attribute:
    if "." not in name and has_body:  # #gpu<dim x> for an enum of the dialect
        mnemonic, _, rest = body.strip().partition(" ")
        cls = dialect.find_attribute(f"{name}.{mnemonic.partition('<')[0]}")
        if cls is not None and not getattr(cls, "bracketed", True):
            offset = start + len(name) + 2 + body.index(mnemonic) + len(mnemonic)
            return _whole(cls, reader.sub_reader(rest, offset + 1), reader, start)
    if "." not in name:
        alias = reader.context.attribute_aliases.get(name)
        if alias is None:
            raise reader.error(f"undefined symbol alias id '{name}'", start)
        return alias
    cls = dialect.find_attribute(name)
    if cls is not None:
        return _whole(cls, reader.sub_reader(body, start + len(name) + 2), reader, start)
    prefix, _, rest = name.partition(".")
    known = dialect.load(prefix) is not None
    if known or not reader.context.allow_unregistered:
        what = f"unknown attribute '{rest}' in dialect '{prefix}'" if known else (
            f"dialect '{prefix}' not found for custom attribute '#{name}'; use "
            "--allow-unregistered-dialect to keep it as it is"
        )  # fmt: skip
        raise reader.error(what, start)
    return OpaqueAttr(prefix, f"{rest}<{body}>" if has_body else rest)


def _whole(cls: type[Attribute], sub: Reader, reader: Reader, start: int) -> Attribute:
    made = reader.checked(lambda: cls.parse_body(sub), start)
    _at_end(sub)
    return made


def _affine(reader: Reader, name: str, body: str, start: int) -> Attribute:
    try:
        if name == "affine_map":
            return AffineMapAttr(parse_map(body))
        found: IntegerSet = parse_set(body)
        return IntegerSetAttr(found)
    except AffineSyntaxError as error:
        raise reader.error(str(error), start + error.offset) from None


def _elements(reader: Reader, name: str, body: str, start: int, type: Type) -> Attribute:
    if not isinstance(type, (types.RankedTensorType, types.VectorType)):
        raise reader.error("elements literal must be a shaped type", start)
    if name == "dense_resource":
        key = body.strip()
        return DenseResourceAttr(key, type, reader.context.resource(key))
    if not type.has_static_shape:
        raise reader.error("elements literal type must have static shape", start)
    if name == "sparse":
        return _sparse(reader, body, start, type)
    return DenseElementsAttr(_literal(reader, body, start, type), type)


def _literal(reader: Reader, body: str, start: int, type: types.ShapedType) -> DenseData:
    try:
        return parse_dense_literal(body, types.dims_of(type), element_name(type), str(type))
    except DenseLiteralError as error:
        message = error.diagnostics[0].message
        raise reader.error(message, start + (getattr(error, "offset", 0) or 0)) from None
    except KeyError:
        message = f"elements of type '{types.element_type_or_self(type)}' have no literal form"
        raise reader.error(message, start) from None


_PAIR = re.compile(r"\([^()]*\)")


def _sparse(reader: Reader, body: str, start: int, type: types.ShapedType) -> Attribute:
    depth, cut = 0, len(body)
    for offset, char in enumerate(body):
        depth += (char in "[(") - (char in "])")
        if char == "," and depth == 0:
            cut = offset
            break
    indices_text, values_text = body[:cut], body[cut + 1 :]
    rows = indices_text.count("[") - 1 if "[" in indices_text else 1
    rows = rows if indices_text.strip() else 0
    count = _value_count(values_text, rows)
    if count != rows:
        message = (
            f"expected shape ({_sizes(types.dims_of(type))}); inferred shape of indices literal "
            f"({_sizes((rows, type.rank))}); inferred shape of values literal ({_sizes((count,))})"
        )
        raise reader.error(message, start - len("sparse<"))
    indices_type = types.RankedTensorType((rows, type.rank), types.i64)
    values_type = types.RankedTensorType((count,), types.element_type_or_self(type))
    indices = _literal(reader, indices_text if rows else "", start, indices_type)
    values = _literal(reader, values_text if rows else "", start + cut + 1, values_type)
    _check_places(reader, indices.to_numpy().reshape(rows, type.rank).tolist(), type, start)
    return SparseElementsAttr(
        DenseElementsAttr(indices, indices_type), DenseElementsAttr(values, values_type), type
    )


def _value_count(text: str, rows: int) -> int:
    """How many values are written; a single one without brackets is that of all indices."""
    if not text.strip().startswith("["):
        return rows
    listed = text.strip().strip("[]").strip()
    return _PAIR.sub("", listed).count(",") + 1 if listed else 0


def _check_places(
    reader: Reader, places: list[list[int]], type: types.ShapedType, start: int
) -> None:
    for number, index in enumerate(places):
        sizes = zip(index, types.dims_of(type), strict=True)
        if any(not 0 <= place < size for place, size in sizes):
            message = (
                f"sparse index #{number} is not contained within the value shape, with "
                f"index={_sizes(index)}, and type='{type}'"
            )
            raise reader.error(message, start - len("sparse<"))


def _sizes(numbers: Sequence[int]) -> str:
    return f"[{', '.join(map(str, numbers))}]"


def _array(reader: Reader) -> Attribute:
    start = reader.start
    element = reader.type()
    sized = isinstance(element, types.FloatType) or (
        isinstance(element, types.IntegerType) and element.width in (1, 8, 16, 32, 64)
    )
    if not sized:
        raise reader.error("element type must be an integer or float of 8 to 64 bits, or i1", start)
    if reader.at_end():
        return DenseArrayAttr(element, ())
    reader.literal(":")
    if isinstance(element, types.FloatType):
        form = float_format(element.format)
        return DenseArrayAttr(
            element,
            tuple(
                reader.comma_separated(lambda: form.from_bits(parse_float(_number(reader), form)))
            ),
        )
    return DenseArrayAttr(element, tuple(reader.comma_separated(reader.integer)))


def _number(reader: Reader) -> str:
    sign = reader.advance() if reader.text == "-" else ""
    if reader.kind not in (lexer.INTEGER, lexer.FLOAT):
        raise reader.error(f"expected a number, found {reader.found()}")
    return sign + reader.advance()


def _strided(reader: Reader) -> Attribute:
    strides = reader.comma_separated(reader.size, "[", "]")
    offset = 0
    if reader.accept(","):
        reader.keyword("offset")
        reader.literal(":")
        offset = reader.size()
    return StridedLayoutAttr(tuple(strides), offset)


def _distinct(reader: Reader) -> Attribute:
    reader.advance()
    reader.literal("[")
    number = reader.integer()
    reader.literal("]")
    reader.literal("<")
    referenced = UNIT if reader.text == ">" else reader.attribute()
    reader.literal(">")
    return DistinctAttr(number, referenced)
