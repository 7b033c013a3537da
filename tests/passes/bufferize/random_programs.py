"""Random programs on tensors, full of reads after writes."""

from __future__ import annotations

from random import Random

T = "tensor<4xi32>"
HALF = "tensor<2xi32>"


class ProgramWriter:
    """Writes one function body. All tensors are tensor<4xi32>, all scalars i32.

    Args:
        random: makes the choices.
        callees: names of functions from two tensors to a tensor.
    """

    def __init__(self, random: Random, callees: list[str]) -> None:
        self.random = random
        self.callees = callees
        self.lines: list[str] = []
        self.count = 0

    def fresh(self) -> str:
        self.count += 1
        return f"%v{self.count}"

    def emit(self, text: str) -> None:
        self.lines.append(text)

    def block(self, tensors: list[str], scalars: list[str], length: int, depth: int) -> None:
        """Statements; new values are appended to the lists, which are the caller's copies."""
        steps = [self.insert, self.extract, self.slices, self.generic, self.fill, self.make]
        if depth:
            steps += [self.loop, self.branch, self.while_loop, self.forall]
        if self.callees:
            steps += [self.call]
        for _ in range(length):
            self.random.choice(steps)(tensors, scalars, depth)

    def any(self, values: list[str]) -> str:
        """Mostly a recent one."""
        return self.random.choice(values[-3:] if self.random.random() < 0.7 else values)

    def insert(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name, at = self.fresh(), self.random.randrange(4)
        value, target = self.any(scalars), self.any(tensors)
        self.emit(f"{name} = tensor.insert {value} into {target}[%c{at}] : {T}")
        tensors.append(name)

    def extract(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        one, name, at = self.fresh(), self.fresh(), self.random.randrange(4)
        self.emit(f"{one} = tensor.extract {self.any(tensors)}[%c{at}] : {T}")
        self.emit(f"{name} = arith.addi {one}, {self.any(scalars)} : i32")
        scalars.append(name)

    def slices(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        part, changed, name = self.fresh(), self.fresh(), self.fresh()
        at, to = self.random.randrange(3), self.random.randrange(3)
        source = self.any(tensors)
        target = source if self.random.random() < 0.6 else self.any(tensors)
        to = at if self.random.random() < 0.6 else to
        self.emit(f"{part} = tensor.extract_slice {source}[{at}][2][1] : {T} to {HALF}")
        if self.random.random() < 0.7:
            value = self.any(scalars)
            self.emit(f"{changed} = tensor.insert {value} into {part}[%c1] : {HALF}")
        else:
            changed = part
        if self.random.random() < 0.4:
            self.extract(tensors, scalars, depth)
        self.emit(
            f"{name} = tensor.insert_slice {changed} into {target}[{to}][2][1] : {HALF} into {T}"
        )
        tensors.append(name)
        if self.random.random() < 0.3:
            read, total = self.fresh(), self.fresh()
            self.emit(f"{read} = tensor.extract {part}[%c1] : {HALF}")
            self.emit(f"{total} = arith.addi {read}, {self.any(scalars)} : i32")
            scalars.append(total)

    def generic(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name, source, target = self.fresh(), self.any(tensors), self.any(tensors)
        map_in = self.random.choice(["#id", "#id", "#reverse"])
        self.emit(
            f"{name} = linalg.generic {{indexing_maps = [{map_in}, #id], iterator_types = "
            f'["parallel"]}} ins({source} : {T}) outs({target} : {T}) {{'
        )
        self.emit("^bb0(%x: i32, %y: i32):")
        result = self.fresh()
        if self.random.random() < 0.3:
            other = self.fresh()
            self.emit(f"{other} = tensor.extract {self.any(tensors)}[%c1] : {T}")
            self.emit(f"{result} = arith.addi %x, {other} : i32")
        else:
            self.emit(f"{result} = arith.addi %x, {self.random.choice(['%x', '%y'])} : i32")
        self.emit(f"linalg.yield {result} : i32")
        self.emit(f"}} -> {T}")
        tensors.append(name)

    def fill(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name, value, target = self.fresh(), self.any(scalars), self.any(tensors)
        self.emit(f"{name} = linalg.fill ins({value} : i32) outs({target} : {T}) -> {T}")
        tensors.append(name)

    def make(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name = self.fresh()
        kind = self.random.randrange(4)
        if kind == 0:
            values = ", ".join(str(self.random.randrange(9)) for _ in range(4))
            self.emit(f"{name} = arith.constant dense<[{values}]> : {T}")
        elif kind == 1:
            self.emit(f"{name} = tensor.splat {self.any(scalars)} : {T}")
        elif kind == 2:
            halves = self.fresh()
            self.emit(
                f"{halves} = tensor.extract_slice {self.any(tensors)}[1][2][1] : {T} to {HALF}"
            )
            self.emit(f"{name} = tensor.concat dim(0) {halves}, {halves} : ({HALF}, {HALF}) -> {T}")
        else:
            c, read = self.any(tensors), self.fresh()
            self.emit(f"{name} = tensor.generate {{\n^bb0(%g: index):")
            self.emit(f"{read} = tensor.extract {c}[%g] : {T}")
            self.emit(f"tensor.yield {read} : i32\n}} : {T}")
        tensors.append(name)

    def loop(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name, a, b = self.fresh(), self.fresh(), self.fresh()
        first, second = self.any(tensors), self.any(tensors)
        trips = self.random.randrange(4)
        self.emit(
            f"{name}:2 = scf.for %i{a[2:]} = %c0 to %c{trips} step %c1 "
            f"iter_args({a} = {first}, {b} = {second}) -> ({T}, {T}) {{"
        )
        inner, values = [*tensors, a, b], [*scalars]
        self.block(inner, values, self.random.randrange(1, 4), depth - 1)
        self.emit(f"scf.yield {self.any(inner)}, {self.any(inner)} : {T}, {T}\n}}")
        tensors += [f"{name}#0", f"{name}#1"]

    def while_loop(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name, a, n, b, m = (self.fresh() for _ in range(5))
        test, following = self.fresh(), self.fresh()
        trips = self.random.randrange(4)
        self.emit(
            f"{name}:2 = scf.while ({a} = {self.any(tensors)}, {n} = %c0) : "
            f"({T}, index) -> ({T}, index) {{"
        )
        before, values = [*tensors, a], [*scalars]
        self.block(before, values, self.random.randrange(2), 0)
        self.emit(f"{test} = arith.cmpi slt, {n}, %c{trips} : index")
        self.emit(f"scf.condition({test}) {self.any(before)}, {n} : {T}, index\n}} do {{")
        self.emit(f"^bb0({b}: {T}, {m}: index):")
        after, values = [*tensors, b], [*scalars]
        self.block(after, values, self.random.randrange(1, 3), depth - 1)
        self.emit(f"{following} = arith.addi {m}, %c1 : index")
        self.emit(f"scf.yield {self.any(after)}, {following} : {T}, index\n}}")
        tensors.append(f"{name}#0")

    def branch(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name, test = self.fresh(), self.fresh()
        self.emit(f"{test} = arith.cmpi sgt, {self.any(scalars)}, {self.any(scalars)} : i32")
        self.emit(f"{name} = scf.if {test} -> ({T}) {{")
        for word in ("} else {", "}"):
            inner, values = [*tensors], [*scalars]
            self.block(inner, values, self.random.randrange(3), depth - 1)
            self.emit(f"scf.yield {self.any(inner)} : {T}\n{word}")
        tensors.append(name)

    def forall(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name, out, part, read, total, other = (self.fresh() for _ in range(6))
        index = f"%i{out[2:]}"
        self.emit(
            f"{name} = scf.forall ({index}) in (4) shared_outs({out} = {self.any(tensors)}) "
            f"-> ({T}) {{"
        )
        source = self.random.choice([self.any(tensors), self.any(tensors), out])
        self.emit(f"{part} = tensor.extract_slice {source}[{index}][1][1] : {T} to tensor<1xi32>")
        self.emit(f"{read} = tensor.extract {part}[%c0] : tensor<1xi32>")
        self.emit(f"{total} = arith.addi {read}, {self.any(scalars)} : i32")
        self.emit(f"{other} = tensor.insert {total} into {part}[%c0] : tensor<1xi32>")
        self.emit("scf.forall.in_parallel {")
        self.emit(
            f"tensor.parallel_insert_slice {other} into {out}[{index}][1][1] : "
            f"tensor<1xi32> into {T}\n}}\n}}"
        )
        tensors.append(name)

    def call(self, tensors: list[str], scalars: list[str], depth: int) -> None:
        name, callee = self.fresh(), self.random.choice(self.callees)
        a, b = self.any(tensors), self.any(tensors)
        self.emit(f"{name} = func.call @{callee}({a}, {b}) : ({T}, {T}) -> {T}")
        tensors.append(name)


_CONSTANTS = "\n".join(f"%c{n} = arith.constant {n} : index" for n in range(4))


def _function(name: str, random: Random, callees: list[str], length: int, results: int) -> str:
    writer = ProgramWriter(random, callees)
    tensors, scalars = ["%a", "%b"], ["%s0", "%s1"]
    writer.block(tensors, scalars, length, 2)
    returned = ", ".join(writer.any(tensors) for _ in range(results))
    kinds = ", ".join([T] * results)
    private = "private " if name != "main" else ""
    return (
        f"func.func {private}@{name}(%a: {T}, %b: {T}) -> ({kinds}) {{\n{_CONSTANTS}\n"
        "%s0 = arith.constant 5 : i32\n%s1 = tensor.extract %a[%c2] : tensor<4xi32>\n"
        + "\n".join(writer.lines)
        + f"\nreturn {returned} : {kinds}\n}}\n"
    )


def program(random: Random) -> str:
    """A module with a function `main` from two tensors to three."""
    callees = [f"f{n}" for n in range(random.randrange(3))]
    parts = ["#id = affine_map<(d) -> (d)>\n#reverse = affine_map<(d) -> (3 - d)>\n"]
    for number, name in enumerate(callees):
        parts.append(_function(name, random, callees[:number], random.randrange(1, 4), 1))
    parts.append(_function("main", random, callees, random.randrange(2, 8), 3))
    return "".join(parts)
