"""Drivers: functions that call loops and have none. How fast they are does not matter; they can be
long, and are compiled without optimisation.

    llvm.func @main(...) {                          llvm.func @main(...) {
      ... // sizes, allocations                       ...
      llvm.call @loop_0(...)                ->        llvm.call @loop_0(...)
    }                                               }
    llvm.func @loop_0(...) { ... }                  llvm.func @loop_0(...)    // left in its module
"""

from __future__ import annotations

from stepwell.dialects.builtin.ops import ModuleOp
from stepwell.dialects.llvm.attributes import Linkage
from stepwell.dialects.llvm.calls import CallOp
from stepwell.dialects.llvm.constants import AddressOfOp
from stepwell.dialects.llvm.function import LLVMFuncOp
from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation

_EXTERNAL = Linkage("external")


def split_off_drivers(module: Operation) -> ModuleOp | None:
    """Moves the drivers of a module of the llvm dialect, which nothing in it refers to, to a module
    of their own; None if there are none. Each module declares what it needs of the other."""
    entry = module.regions[0].entry
    functions = {op.sym_name.value: op for op in entry.ops if isinstance(op, LLVMFuncOp)}
    defined = [one for one in functions.values() if not one.is_external]
    needs = {one: _symbols_in(one) for one in defined}
    loops = {one.sym_name.value for one in defined if _has_loops(one)}
    needed = {name for names in needs.values() for name in names}
    drivers: list[LLVMFuncOp] = []
    for one, names in needs.items():
        if one.sym_name.value in (loops | needed) or not loops.intersection(names):
            continue
        if all(name in functions and functions[name].linkage is _EXTERNAL for name in names):
            drivers.append(one)
    if not drivers:
        return None
    block = Block()
    for name in dict.fromkeys(name for one in drivers for name in needs[one]):
        block.append(_declaration(functions[name]))
    for one in drivers:
        one.detach()
        block.append(one)
    return ModuleOp(body=Region([block]))


def _symbols_in(function: LLVMFuncOp) -> list[str]:
    """What a function refers to."""
    found: dict[str, None] = {}
    for block in function.body.blocks:
        for op in block.ops:
            symbol = None
            if isinstance(op, CallOp):
                symbol = op.callee
            elif isinstance(op, AddressOfOp):
                symbol = op.global_name
            if isinstance(symbol, SymbolRefAttr):
                found[symbol.root] = None
    return list(found)


def _has_loops(function: LLVMFuncOp) -> bool:
    """Whether a block may run more than once, as far as the order of blocks tells."""
    places = {block: number for number, block in enumerate(function.body.blocks)}
    return any(
        places[target] <= number
        for block, number in places.items()
        if block.last is not None
        for target in block.last.successors
    )


def _declaration(function: LLVMFuncOp) -> LLVMFuncOp:
    """A function without its body."""
    return LLVMFuncOp.create(
        (), (), dict(function.properties), dict(function.attributes), (), [Region()],
        function.location,
    )  # fmt: skip
