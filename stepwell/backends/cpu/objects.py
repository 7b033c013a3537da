"""Object files: which symbols they want, and loading them into this process.

Each object is loaded into an engine of its own, whose memory goes when the engine does. LLVM ends the
process when a symbol is missing, so the object's symbol table is read here first.
"""

from __future__ import annotations

import struct

import llvmlite.binding as llvm

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.machine import host
from stepwell.ir.diagnostics import BackendError

_SHT_SYMTAB = 2
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_GLOBAL_OFFSET_TABLE = "_GLOBAL_OFFSET_TABLE_"


def undefined_symbols(object_code: bytes) -> list[str]:
    """Names that an ELF object file uses and does not define, in the order of its symbol table.

    Empty for object files of other formats.  Format: the System V ABI, chapter 4.

    Raises:
        BackendError: the file is damaged.
    """
    if object_code[:6] != b"\x7fELF\x02\x01":
        return []
    try:
        return _undefined_in_elf(object_code)
    except (struct.error, IndexError, ValueError):
        raise BackendError("the object code is damaged") from None


def _undefined_in_elf(code: bytes) -> list[str]:
    (section_table,) = struct.unpack_from("<Q", code, 40)
    section_size, count = struct.unpack_from("<HH", code, 58)
    sections = [_SECTION.unpack_from(code, section_table + i * section_size) for i in range(count)]
    names: list[str] = []
    for section in sections:
        if section[1] != _SHT_SYMTAB:
            continue
        strings = sections[section[6]][4]
        for at in range(section[4], section[4] + section[5], _SYMBOL.size):
            name, _, _, defined_in, _, _ = _SYMBOL.unpack_from(code, at)
            if name and not defined_in:
                start = strings + name
                names.append(code[start : code.index(b"\0", start)].decode())
    return names


class LoadedObject:
    """Object code in executable memory; the memory goes when this object does.

    Args:
        object_code: what `to_object` returned, perhaps in another process on such a host.

    Raises:
        BackendError: the object is damaged, or wants a symbol that is not there.
    """

    __slots__ = ("_engine", "_module", "__weakref__")

    def __init__(self, object_code: bytes) -> None:
        machine = host().target_machine(0)
        wanted = [n for n in undefined_symbols(object_code) if n != _GLOBAL_OFFSET_TABLE]
        missing = [name for name in wanted if symbols.resolve(name) is None]
        if missing:
            raise BackendError(f"undefined symbols: {', '.join(missing)}")
        # The engine wants a module, even an empty one. `use_lmm`: one block of memory for all
        # sections, so that the small code model's 32-bit distances always reach.
        self._module = llvm.parse_assembly("")
        self._engine = llvm.create_mcjit_compiler(self._module, machine, use_lmm=True)
        try:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(object_code))
            self._engine.finalize_object()
        except RuntimeError as error:
            raise BackendError(f"LLVM cannot load the object code: {error}") from None

    def address(self, name: str) -> int:
        """The address of the function `name`; raises BackendError when there is none."""
        found: int = self._engine.get_function_address(name)
        if not found:
            raise BackendError(f"the object code does not define @{name}")
        return found
