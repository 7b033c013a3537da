"""The heads of functions: linkage, convention, parameters, and all their attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stepwell.backends.cpu.translate_types import quoted, symbol_name, type_text
from stepwell.dialects.llvm.attributes import Visibility
from stepwell.dialects.llvm.function import LLVMFuncOp
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import (
    ArrayAttr,
    DictionaryAttr,
    IntegerAttr,
    StringAttr,
    TypeAttr,
)
from stepwell.ir.diagnostics import BackendError, Diagnostic, Severity

UNIT_PARAMETERS = {
    "llvm.noalias": "noalias",
    "llvm.nocapture": "captures(none)",
    "llvm.readonly": "readonly",
    "llvm.readnone": "readnone",
    "llvm.writeonly": "writeonly",
    "llvm.nonnull": "nonnull",
    "llvm.noundef": "noundef",
    "llvm.nofree": "nofree",
    "llvm.signext": "signext",
    "llvm.zeroext": "zeroext",
    "llvm.inreg": "inreg",
    "llvm.nest": "nest",
    "llvm.returned": "returned",
}
NUMBER_PARAMETERS = {
    "llvm.align": "align {}",
    "llvm.dereferenceable": "dereferenceable({})",
    "llvm.dereferenceable_or_null": "dereferenceable_or_null({})",
}
TYPE_PARAMETERS = {"llvm.byval": "byval", "llvm.sret": "sret", "llvm.byref": "byref"}
UNIT_FUNCTION = {
    "no_inline": "noinline",
    "always_inline": "alwaysinline",
    "inline_hint": "inlinehint",
    "no_unwind": "nounwind",
    "will_return": "willreturn",
    "noreturn": "noreturn",
    "optimize_none": "optnone",
    "convergent": "convergent",
}
CONVENTIONS = {
    "ccc": "", "fastcc": "fastcc ", "coldcc": "coldcc ", "tailcc": "tailcc ",
    "preserve_mostcc": "preserve_mostcc ", "preserve_allcc": "preserve_allcc ",
    "x86_64_sysvcc": "x86_64_sysvcc ", "win64cc": "win64cc ",
}  # fmt: skip


def function_head(function: LLVMFuncOp, names: Sequence[str]) -> str:
    """All that stands between `define` and the body.

    Raises:
        BackendError: an attribute has no translation.
    """
    type = function.type
    parameters = []
    attributes = _dictionaries(function.arg_attrs, len(type.parameters))
    for number, parameter in enumerate(type.parameters):
        name = f" {names[number]}" if names else ""
        extra = parameter_attributes(function, attributes[number])
        parameters.append(f"{type_text(parameter)}{extra}{name}")
    parameters += ["..."] if type.is_variadic else []
    result = parameter_attributes(function, _dictionaries(function.res_attrs, 1)[0]).lstrip()
    words = [
        linkage_text(function),
        convention_text(function, function.CConv.value),
        f"{result} " if result else "",
        f"{type_text(type.result)} {symbol_name(function.sym_name.value)}",
        f"({', '.join(parameters)})",
        _function_attributes(function),
    ]
    return "".join(words)


def linkage_text(op: Any) -> str:
    """`internal dso_local hidden `, for functions and globals."""
    linkage = op.linkage.value
    words = ["" if linkage == "external" else linkage]
    words.append("dso_local" if op.dso_local is not None else "")
    words.append(Visibility.word(op.visibility__))
    return "".join(f"{word} " for word in words if word)


def convention_text(op: Any, convention: str) -> str:
    """The calling convention with a space after it; nothing for C's."""
    if convention not in CONVENTIONS:
        raise _refused(op, f"the calling convention '{convention}' is not for CPUs")
    return CONVENTIONS[convention]


def parameter_attributes(op: Any, entries: dict[str, Attribute]) -> str:
    """The attributes of a parameter or result; those of other dialects mean nothing to LLVM."""
    words = []
    for name, value in entries.items():
        if name in UNIT_PARAMETERS:
            words.append(UNIT_PARAMETERS[name])
        elif name in NUMBER_PARAMETERS and isinstance(value, IntegerAttr):
            words.append(NUMBER_PARAMETERS[name].format(value.value))
        elif name in TYPE_PARAMETERS and isinstance(value, TypeAttr):
            words.append(f"{TYPE_PARAMETERS[name]}({type_text(value.value)})")
        elif name.startswith("llvm."):
            raise _refused(op, f"the attribute '{name}' of a parameter has no translation")
    return "".join(f" {word}" for word in words)


def _function_attributes(function: LLVMFuncOp) -> str:
    words = ["unnamed_addr" if function.unnamed_addr.value == 2 else ""]
    words.append("local_unnamed_addr" if function.unnamed_addr.value == 1 else "")
    properties = function.properties
    words += [word for name, word in UNIT_FUNCTION.items() if name in properties]
    words += _passthrough(function)
    words += _strings(function)
    if function.memory_effects is not None:
        words.append(_memory(function.memory_effects.written))
    if function.section is not None:
        words.append(f"section {quoted(function.section.value)}")
    if function.alignment is not None and function.alignment.value:
        words.append(f"align {function.alignment.value}")
    for name in ("comdat", "personality", "garbageCollector"):
        if name in properties:
            raise _refused(function, f"'{name}' has no translation")
    return "".join(f" {word}" for word in words if word)


def _passthrough(function: LLVMFuncOp) -> list[str]:
    words = []
    for entry in function.passthrough.values if function.passthrough is not None else ():
        if isinstance(entry, StringAttr):
            words.append(entry.value if entry.value.isidentifier() else quoted(entry.value))
        elif isinstance(entry, ArrayAttr) and len(entry.values) == 2:
            key, value = (v.value if isinstance(v, StringAttr) else "" for v in entry.values)
            words.append(_passthrough_pair(key, value))
        else:
            raise _refused(function, "'passthrough' holds words and pairs of words")
    return words


def _passthrough_pair(key: str, value: str) -> str:
    enums = {"alignstack": "alignstack({})", "vscale_range": "vscale_range({})"}
    if key in enums:
        return enums[key].format(value)
    return f"{quoted(key)}={quoted(value)}"


def _strings(function: LLVMFuncOp) -> list[str]:
    words = []
    if function.frame_pointer is not None:
        words.append(f'"frame-pointer"={quoted(function.frame_pointer.value)}')
    pairs = (
        ("target-cpu", function.target_cpu),
        ("tune-cpu", function.tune_cpu),
        ("prefer-vector-width", function.prefer_vector_width),
        ("denormal-fp-math", function.denormal_fp_math),
        ("denormal-fp-math-f32", function.denormal_fp_math_f32),
    )
    words += [f'"{name}"={quoted(value.value)}' for name, value in pairs if value is not None]
    if function.target_features is not None:
        features = function.target_features.written.strip("[]").replace('"', "")
        words.append(f'"target-features"={quoted(features.replace(" ", ""))}')
    return words


def _memory(written: str) -> str:
    """`memory(read, argmem: readwrite)` from `other = read, argMem = readwrite, ...`."""
    names = {"argMem": "argmem", "inaccessibleMem": "inaccessiblemem"}
    parts = dict(part.replace(" ", "").split("=") for part in written.split(","))
    words = [parts.pop("other", "readwrite")]
    for name, shown in names.items():
        if name in parts:
            words.append(f"{shown}: {parts[name]}")
    return f"memory({', '.join(words)})"


def _dictionaries(attribute: ArrayAttr | None, count: int) -> list[dict[str, Attribute]]:
    found: list[dict[str, Attribute]] = [{} for _ in range(count)]
    for number, entry in enumerate(attribute.values if attribute is not None else ()):
        if isinstance(entry, DictionaryAttr):
            found[number] = entry.as_dict()
    return found


def _refused(op: Any, why: str) -> BackendError:
    message = f"'{op.name}' op cannot be compiled for a CPU: {why}"
    return BackendError(Diagnostic(Severity.ERROR, message, op.place))
