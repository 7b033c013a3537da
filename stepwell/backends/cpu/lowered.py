"""The LLVM types of a compiled function's arguments and result, from its signature."""

from __future__ import annotations

from stepwell.backends.cpu.elements import ELEMENTS
from stepwell.backends.cpu.signature import Arg, FunctionSignature, ScalarArg


def argument_types(arg: Arg) -> list[str]:
    """The LLVM types that `arg` is expanded into."""
    if isinstance(arg, ScalarArg):
        return [ELEMENTS[arg.kind].llvm]
    if arg.shape is None:
        return ["i64", "ptr"]
    return ["ptr", "ptr", "i64"] + ["i64"] * (2 * arg.rank)


def result_type(result: Arg) -> str:
    """The LLVM type of one result."""
    if isinstance(result, ScalarArg):
        return ELEMENTS[result.kind].llvm
    if result.shape is None:
        return "{ i64, ptr }"
    if result.rank == 0:
        return "{ ptr, ptr, i64 }"
    return f"{{ ptr, ptr, i64, [{result.rank} x i64], [{result.rank} x i64] }}"


def return_type(signature: FunctionSignature) -> str:
    """The LLVM type that the function returns."""
    types = [result_type(result) for result in signature.results]
    if not types:
        return "void"
    return types[0] if len(types) == 1 else f"{{ {', '.join(types)} }}"


def quoted(name: str) -> str:
    """`name` as an LLVM global: quoted, with what cannot stand in quotes escaped."""
    escaped = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:02X}"
        for byte in name.encode()
    )
    return f'@"{escaped}"'


class Lines:
    """LLVM IR text under construction, with fresh names."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._count = 0

    def emit(self, line: str) -> None:
        """Adds one instruction."""
        self._lines.append(f"  {line}")

    def value(self, instruction: str) -> str:
        """Adds an instruction and returns the fresh name of its result."""
        self._count += 1
        self._lines.append(f"  %v{self._count} = {instruction}")
        return f"%v{self._count}"

    def label(self, name: str) -> None:
        """Starts the block `name`."""
        self._lines.append(f"{name}:")

    def fresh(self, stem: str) -> str:
        """A fresh block name."""
        self._count += 1
        return f"{stem}{self._count}"

    def load(self, llvm_type: str, pointer: str, offset: int = 0) -> str:
        """Loads from `pointer` plus `offset` bytes."""
        return self.value(f"load {llvm_type}, ptr {self.at(pointer, offset)}")

    def at(self, pointer: str, offset: int) -> str:
        """`pointer` plus `offset` bytes."""
        if not offset:
            return pointer
        return self.value(f"getelementptr i8, ptr {pointer}, i64 {offset}")

    def __str__(self) -> str:
        return "\n".join(self._lines)


def declaration(signature: FunctionSignature) -> str:
    """The LLVM declaration of the compiled function."""
    types = ", ".join(t for arg in signature.args for t in argument_types(arg))
    return f"declare {return_type(signature)} {quoted(signature.name)}({types})\n"


def call_kernel(lines: Lines, signature: FunctionSignature, values: list[str]) -> list[str]:
    """Adds the call of the compiled function; returns the names of its results."""
    types = [t for arg in signature.args for t in argument_types(arg)]
    passed = ", ".join(f"{t} {v}" for t, v in zip(types, values, strict=True))
    returned = return_type(signature)
    call = f"call {returned} {quoted(signature.name)}({passed})"
    if returned == "void":
        lines.emit(call)
        return []
    whole = lines.value(call)
    count = len(signature.results)
    if count == 1:
        return [whole]
    return [lines.value(f"extractvalue {returned} {whole}, {i}") for i in range(count)]
