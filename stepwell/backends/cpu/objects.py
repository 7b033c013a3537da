"""Object files: which symbols they want, and loading them into this process.

The symbol tables are read here, so that compiled code finds what `symbols` says, and nothing else:
other users of LLVM in this process neither see nor change it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import llvmlite.binding as llvm

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.machine import host
from stepwell.ir.diagnostics import BackendError

_SHT_SYMTAB = 2
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_ELF64 = b"\x7fELF\x02\x01"
_JOINED = b"stepwell objects"


def join_objects(objects: Sequence[bytes]) -> bytes:
    """Several object files as one string of bytes, for `split_objects`."""
    sizes = struct.pack(f"<{len(objects) + 1}Q", len(objects), *map(len, objects))
    return b"".join([_JOINED, sizes, *objects])


def split_objects(code: bytes) -> list[bytes]:
    """The object files in what `join_objects` made, or in one object file; raises BackendError."""
    if not code.startswith(_JOINED):
        return [code]
    try:
        (count,) = struct.unpack_from("<Q", code, len(_JOINED))
        sizes = struct.unpack_from(f"<{count}Q", code, len(_JOINED) + 8)
    except (struct.error, MemoryError, OverflowError):
        raise BackendError("the object code is damaged") from None
    at = len(_JOINED) + 8 * (count + 1)
    if at + sum(sizes) != len(code):
        raise BackendError("the object code is damaged")
    ends = list(accumulate(sizes, initial=at))
    return [code[start:end] for start, end in pairwise(ends)]


def undefined_symbols(objects: Sequence[bytes]) -> list[str]:
    """Names that the object files use and none of them defines, in order.

    Knows the ELF format (the System V ABI, chapter 4); files of other formats are passed over.

    Raises:
        BackendError: a file is damaged.
    """
    wanted: dict[str, None] = {}
    defined: set[str] = {"_GLOBAL_OFFSET_TABLE_"}
    for code in objects:
        if code[:6] != _ELF64:
            continue
        try:
            for name, is_defined in _elf_symbols(code):
                if is_defined:
                    defined.add(name)
                else:
                    wanted[name] = None
        except (struct.error, IndexError, ValueError):
            raise BackendError("the object code is damaged") from None
    return [name for name in wanted if name not in defined]


def _elf_symbols(code: bytes) -> Iterator[tuple[str, bool]]:
    (section_table,) = struct.unpack_from("<Q", code, 40)
    section_size, count = struct.unpack_from("<HH", code, 58)
    sections = [_SECTION.unpack_from(code, section_table + i * section_size) for i in range(count)]
    for section in sections:
        if section[1] != _SHT_SYMTAB:
            continue
        strings = sections[section[6]][4]
        for at in range(section[4], section[4] + section[5], _SYMBOL.size):
            name, _, _, defined_in, _, _ = _SYMBOL.unpack_from(code, at)
            if name:
                start = strings + name
                yield code[start : code.index(b"\0", start)].decode(), bool(defined_in)


class LoadedObject:
    """Object code in executable memory; the memory goes when this object does.

    Args:
        object_code: what `to_object` or `join_objects` returned, perhaps in another process.
        exports: the symbols whose addresses are wanted.

    Raises:
        BackendError: the code is damaged, wants a symbol that is not there, or does not define an
            export.
    """

    __slots__ = ("_addresses", "_jit", "__weakref__")

    def __init__(self, object_code: bytes, exports: Sequence[str]) -> None:
        objects = split_objects(object_code)
        wanted = undefined_symbols(objects)
        found = {name: symbols.resolve(name) for name in wanted}
        missing = [name for name, address in found.items() if address is None]
        if missing:
            raise BackendError(f"undefined symbols: {', '.join(missing)}")
        library = llvm.JITLibraryBuilder()
        for code in objects:
            library.add_object_img(code)
        for name, address in found.items():
            library.import_symbol(name, address)
        for name in exports:
            library.export_symbol(name)
        # JITLink keeps all of an object in one piece of memory, so that the small code model's
        # 32-bit distances always reach; a JIT for each module, so that dropping it frees
        # everything.
        self._jit = llvm.create_lljit_compiler(
            host().target_machine(0), use_jit_link=True, suppress_errors=True
        )
        try:
            self._addresses = library.link(self._jit, "module")
        except RuntimeError as error:
            raise BackendError(f"LLVM cannot load the object code: {error}") from None

    def address(self, name: str) -> int:
        """The address of the export `name`; raises KeyError for any other name."""
        address: int = self._addresses[name]
        return address
