"""Random kernels without races: what their threads do depends on barriers and exchanges."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

SHARED = "memref<128xi32, #gpu.address_space<workgroup>>"
PRIVATE = "memref<3xi32, #gpu.address_space<private>>"


@dataclass(slots=True)
class Writer:
    """Writes statements; all values are i32.

    Attributes:
        random: what it chooses with.
        varying: names of values that threads may have different ones of.
        uniform: names of values that all threads of a block have in common.
        lines: the text so far.
        depth: how many loops and branches are around.
    """

    random: Random
    varying: list[str]
    uniform: list[str]
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    count: int = 0

    def name(self) -> str:
        """A fresh name."""
        self.count += 1
        return f"%v{self.count}"

    def line(self, text: str) -> None:
        """Adds a line."""
        self.lines.append("  " * (self.depth + 2) + text)

    def any(self) -> str:
        """Some value."""
        return self.random.choice(self.varying + self.uniform)

    def statements(self, most: int, together: bool = True) -> None:
        """Some statements; `together` says whether all threads of the block run them."""
        simple = [self.mix, self.private, self.some_threads]
        joint = [
            self.shared,
            self.shuffle,
            self.all_reduce,
            self.subgroup_reduce,
            self.rotate,
            self.broadcast,
        ]
        nested = [self.loop, self.branch, self.repeat]
        for _ in range(self.random.randint(1, most)):
            kinds = simple + (joint * 2 if together else [])
            if together and self.depth < 2:
                kinds = kinds + nested
            self.random.choice(kinds)()

    # Each thread by itself.

    def mix(self) -> None:
        """Arithmetic."""
        a, b, made = self.any(), self.any(), self.name()
        op = self.random.choice(["addi", "subi", "muli", "xori", "maxsi", "minui"])
        self.line(f"{made} = arith.{op} {a}, {b} : i32")
        both = a in self.uniform and b in self.uniform
        (self.uniform if both else self.varying).append(made)

    def private(self) -> None:
        """A value goes through memory of the thread."""
        made, place = self.name(), self.random.choice(["%c0", "%c1", "%c2"])
        if self.random.random() < 0.5:
            self.line(f"memref.store {self.any()}, %p[{place}] : {PRIVATE}")
        self.line(f"{made} = memref.load %p[{place}] : {PRIVATE}")
        self.varying.append(made)

    def some_threads(self) -> None:
        """A branch that some threads take, without a barrier."""
        if self.depth > 2:
            return
        condition, made = self.name(), self.name()
        self.line(f"{condition} = arith.cmpi slt, {self.any()}, {self.any()} : i32")
        self._branch(condition, made, together=False)
        self.varying.append(made)

    # All threads of a block together.

    def shared(self) -> None:
        """A value goes to another thread through memory of the block."""
        made, place, moved = self.name(), self.name(), self.name()
        self.line("gpu.barrier")
        self.line(f"memref.store {self.any()}, %s[%tx] : {SHARED}")
        self.line("gpu.barrier")
        shift = self.random.choice(["%c1", "%c2", "%c7"])
        self.line(f"{moved} = arith.addi %tx, {shift} : index")
        self.line(f"{place} = arith.remui {moved}, %nx : index")
        self.line(f"{made} = memref.load %s[{place}] : {SHARED}")
        self.varying.append(made)

    def shuffle(self) -> None:
        """The value of another lane."""
        made, valid, bit, total = (self.name() for _ in range(4))
        mode = self.random.choice(["xor", "up", "down", "idx"])
        width = self.random.choice(["%w8", "%w32"])
        offset = self.random.choice(["%o1", "%o2", "%o5"])
        self.line(f"{made}, {valid} = gpu.shuffle {mode} {self.any()}, {offset}, {width} : i32")
        self.line(f"{bit} = arith.extui {valid} : i1 to i32")
        self.line(f"{total} = arith.addi {made}, {bit} : i32")
        self.varying += [made, total]

    def rotate(self) -> None:
        """The value of the lane some places on."""
        made, valid = self.name(), self.name()
        amount = self.random.randint(0, 7)
        self.line(f"{made}, {valid} = gpu.rotate {self.any()}, {amount}, 8 : i32")
        self.varying.append(made)

    def broadcast(self) -> None:
        """The value of the first lane for all."""
        made = self.name()
        which = self.random.choice(["first_active_lane", "specific_lane %o0"])
        self.line(f"{made} = gpu.subgroup_broadcast {self.any()}, {which} : i32")
        self.varying.append(made)

    def all_reduce(self) -> None:
        """One value of all threads of the block."""
        made = self.name()
        kind = self.random.choice(["add", "mul", "minsi", "maxui", "xor"])
        self.line(f"{made} = gpu.all_reduce {kind} {self.any()} {{}} : (i32) -> i32")
        self.uniform.append(made)

    def subgroup_reduce(self) -> None:
        """One value of a subgroup, or of a cluster of it."""
        made = self.name()
        kind = self.random.choice(["add", "maxsi", "and"])
        cluster = self.random.choice(["", " cluster(size = 4)", " cluster(size = 8, stride = 2)"])
        self.line(f"{made} = gpu.subgroup_reduce {kind} {self.any()}{cluster} : (i32) -> i32")
        self.varying.append(made)

    # Loops and branches that all threads take alike.

    def branch(self) -> None:
        """A branch around barriers."""
        condition, made, bit = self.name(), self.name(), self.name()
        self.line(f"{bit} = arith.andi {self.random.choice(self.uniform)}, %o1 : i32")
        self.line(f"{condition} = arith.cmpi eq, {bit}, %o1 : i32")
        self._branch(condition, made, together=True)
        self.varying.append(made)

    def _branch(self, condition: str, made: str, together: bool) -> None:
        self.line(f"{made} = scf.if {condition} -> (i32) {{")
        for number in range(2):
            self._inside("scf.yield {} : i32", together)
            self.line("} else {" if number == 0 else "}")

    def loop(self) -> None:
        """A loop with a carried value that varies, and one that may not."""
        made, carried, common, start = (self.name() for _ in range(4))
        i, number = self.name(), self.name()
        self.line(
            f"{made}:2 = scf.for {i} = %c0 to %c2 step %c1 iter_args({carried} = {self.any()}, "
            f"{common} = {self.random.choice(self.uniform)}) -> (i32, i32) {{"
        )
        del start
        self.depth += 1
        self.line(f"{number} = arith.index_cast {i} : index to i32")
        self.depth -= 1
        marks = len(self.varying), len(self.uniform)
        self.varying.append(carried)
        self.uniform += [common, number]
        self.depth += 1
        self.statements(3)
        self.line(f"scf.yield {self.any()}, {self.random.choice(self.uniform)} : i32, i32")
        self.depth -= 1
        del self.varying[marks[0] :], self.uniform[marks[1] :]
        self.line("}")
        self.varying.append(f"{made}#0")
        self.uniform.append(f"{made}#1")

    def repeat(self) -> None:
        """A while loop that halves a number which all threads have in common."""
        made, d, carried, more, half, d2, carried2 = (self.name() for _ in range(7))
        types = "(i32, i32)"
        self.line(
            f"{made}:2 = scf.while ({d} = %o5, {carried} = {self.any()}) : {types} -> {types} {{"
        )
        self.depth += 1
        self.line(f"{more} = arith.cmpi sgt, {d}, %o0 : i32")
        self.line(f"scf.condition({more}) {d}, {carried} : i32, i32")
        self.depth -= 1
        self.line("} do {")
        self.line(f"^bb0({d2}: i32, {carried2}: i32):")
        marks = len(self.varying), len(self.uniform)
        self.varying.append(carried2)
        self.uniform.append(d2)
        self.depth += 1
        self.line(f"{half} = arith.shrui {d2}, %o1 : i32")
        self.statements(3)
        self.line(f"scf.yield {half}, {self.any()} : i32, i32")
        self.depth -= 1
        del self.varying[marks[0] :], self.uniform[marks[1] :]
        self.line("}")
        self.varying.append(f"{made}#1")
        self.uniform.append(f"{made}#0")

    def _inside(self, end: str, together: bool) -> None:
        marks = len(self.varying), len(self.uniform)
        self.depth += 1
        self.statements(3, together)
        self.line(end.format(self.any()))
        self.depth -= 1
        del self.varying[marks[0] :], self.uniform[marks[1] :]


def random_kernel(random: Random) -> str:
    """A program whose @main runs a kernel on `%x`, which has a place for each thread of the grid.

    The sizes of grid and block, up to three of each, are its other arguments.
    """
    writer = Writer(random, ["%v"], ["%o1", "%b", "%y"])
    writer.statements(7)
    body = "\n".join(writer.lines)
    return f"""
func.func @main(%x: memref<?xi32>, %grid: index, %block: index) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c7 = arith.constant 7 : index
  %o0 = arith.constant 0 : i32
  %o1 = arith.constant 1 : i32
  %o2 = arith.constant 2 : i32
  %o5 = arith.constant 5 : i32
  %w8 = arith.constant 8 : i32
  %w32 = arith.constant 32 : i32
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %grid, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%nx = %block, %ny = %c1, %nz = %c1)
             workgroup(%s: {SHARED}) private(%p: {PRIVATE}) {{
    %t = gpu.global_id x
    %b = arith.index_cast %bx : index to i32
    %v = memref.load %x[%t] : memref<?xi32>
    %y = memref.load %x[%c0] : memref<?xi32>
    gpu.barrier
    memref.store %v, %p[%c0] : {PRIVATE}
    memref.store %o2, %p[%c1] : {PRIVATE}
    memref.store %v, %p[%c2] : {PRIVATE}
{body}
    gpu.barrier
    memref.store {random.choice(writer.varying)}, %x[%t] : memref<?xi32>
    gpu.terminator
  }}
  return
}}
"""
