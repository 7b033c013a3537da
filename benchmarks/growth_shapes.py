"""Programs of a given size in the shapes that bring out what grows faster than it should.

Each function takes about how many ops the program is to have and gives its text. All define
`@main(i32) -> i32`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable


def functions(size: int) -> str:
    """Many small functions with loops, and one that calls them all."""
    count = max(size // 10, 1)
    parts = [_FUNCTION.format(number=number) for number in range(count)]
    calls = [f"  %{n} = func.call @f{n}(%a) : (i32) -> i32" for n in range(count)]
    return "\n".join(parts) + _main([*calls, f"  return %{count - 1} : i32"])


_FUNCTION = """func.func private @f{number}(%a: i32) -> i32 {{
  %0 = arith.constant 0 : index
  %1 = arith.constant 2 : index
  %2 = arith.constant 1 : index
  %3 = scf.for %i = %0 to %1 step %2 iter_args(%x = %a) -> (i32) {{
    %4 = arith.muli %a, %a : i32
    %5 = arith.addi %x, %4 : i32
    scf.yield %5 : i32
  }}
  return %3 : i32
}}"""


def chain(size: int) -> str:
    """Each op uses the one before it."""
    ops = ["  %0 = arith.addi %a, %a : i32"]
    ops += [f"  %{n} = arith.addi %{n - 1}, %{n - 1} : i32" for n in range(1, size)]
    return _main([*ops, f"  return %{size - 1} : i32"])


def one_value(size: int) -> str:
    """All ops use one value."""
    store = "  memref.store %a, %m[] : memref<i32>"
    head = ["  %m = memref.alloca() : memref<i32>"]
    return _main([*head, *[store] * size, "  return %a : i32"])


def one_block(size: int) -> str:
    """Distinct constants, ops on them, and reads and writes, in one block."""
    ops = ["  %s0 = arith.addi %a, %a : i32"]
    for n in range(1, max(size // 3, 2)):
        ops.append(f"  %c{n} = arith.constant {n + 7} : i32")
        ops.append(f"  %x{n} = arith.xori %a, %c{n} : i32")
        ops.append(f"  %s{n} = arith.addi %s{n - 1}, %x{n} : i32")
    return _main([*ops, f"  return %s{max(size // 3, 2) - 1} : i32"])


def dead(size: int) -> str:
    """Ops of which nothing is used in the end."""
    ops = ["  %0 = arith.addi %a, %a : i32"]
    ops += [f"  %{n} = arith.muli %{n - 1}, %a : i32" for n in range(1, size)]
    return _main([*ops, "  return %a : i32"])


def equal(size: int) -> str:
    """Ops that all compute the same, and one that uses each."""
    ops = ["  %s0 = arith.addi %a, %a : i32"]
    for n in range(1, max(size // 2, 2)):
        ops.append(f"  %x{n} = arith.muli %a, %a : i32")
        ops.append(f"  %s{n} = arith.addi %s{n - 1}, %x{n} : i32")
    return _main([*ops, f"  return %s{max(size // 2, 2) - 1} : i32"])


def blocks(size: int) -> str:
    """Blocks of ten ops, each left by a branch on a condition."""
    count = max(size // 10, 1)
    ops = ["  %z = arith.constant 0 : i32", "  cf.br ^b0(%a : i32)"]
    for number in range(count):
        ops.append(f"^b{number}(%p{number}: i32):")
        before = f"p{number}"
        for step in range(8):
            ops.append(f"  %v{number}_{step} = arith.addi %{before}, %a : i32")
            before = f"v{number}_{step}"
        ops.append(f"  %t{number} = arith.cmpi eq, %{before}, %z : i32")
        ops.append(
            f"  cf.cond_br %t{number}, ^end(%p{number} : i32), ^b{number + 1}(%{before} : i32)"
        )
    ops += [f"^b{count}(%r: i32):", "  cf.br ^end(%r : i32)"]
    return _main([*ops, "^end(%e: i32):", "  return %e : i32"])


def _main(body: Iterable[str]) -> str:
    lines = ["func.func @main(%a: i32) -> i32 {", *body, "}"]
    return "\n".join(lines) + "\n"


SHAPES: dict[str, Callable[[int], str]] = {
    "functions": functions,
    "chain": chain,
    "one-value": one_value,
    "one-block": one_block,
    "dead": dead,
    "equal": equal,
    "blocks": blocks,
}
