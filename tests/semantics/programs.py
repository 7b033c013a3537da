"""Random programs that are defined for every input.

Divisors are never zero, shifts never too far, indices in bounds, loops short, memory is written
before it is read: so whatever a pass changes about their values is the pass's mistake.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTEGERS = ("i8", "i32", "i64")
FLOATS = ("f32", "f64")
SCALARS = (*INTEGERS, "i1", "index", *FLOATS)
SIZE = 4
MEMREFS = (f"memref<{SIZE}xi32>", f"memref<{SIZE}xf32>")
TENSORS = (f"tensor<{SIZE}xi32>", f"tensor<{SIZE}xf32>")
_WIDTHS = {"i1": 1, "i8": 8, "i32": 32, "i64": 64, "index": 64}
_BINARY_INTEGER = (
    "addi",
    "subi",
    "muli",
    "andi",
    "ori",
    "xori",
    "maxsi",
    "minsi",
    "maxui",
    "minui",
)
_BINARY_FLOAT = ("addf", "subf", "mulf", "divf", "maximumf", "minimumf")
_PREDICATES = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
_FLOAT_PREDICATES = (
    "oeq",
    "ogt",
    "oge",
    "olt",
    "ole",
    "one",
    "ord",
    "ueq",
    "ugt",
    "ult",
    "une",
    "uno",
)
_INTEGER_CONSTANTS = (0, 1, -1, 2, 3, 7, 8, 100, -100)
_FLOAT_CONSTANTS = ("0.0", "-0.0", "1.0", "-1.0", "0.5", "3.0", "1.0e30")
Value = tuple[str, str]


def element(type: str) -> str:
    """The element type of a shaped type."""
    return type.split("x")[-1].rstrip(">")


class ProgramWriter:
    """Writes one program.

    Args:
        seed: chooses everything.
        size: how many statements the main function has, about.
        tensors: whether tensors are used.
    """

    def __init__(self, seed: int, size: int = 12, tensors: bool = True) -> None:
        self.random = random.Random(seed)
        self.size = size
        self.tensors = tensors
        self.lines: list[str] = []
        self.depth = 0
        self.scope: list[Value] = []
        self.counter = 0
        self.callable: list[tuple[str, tuple[str, ...], str]] = []

    def text(self) -> str:
        """The program; its entry is @main."""
        for number in range(self.random.randint(0, 2)):
            self._helper(f"helper{number}")
        if self.random.random() < 0.6:
            self._branching("walk")
        self._main()
        return "\n".join(self.lines) + "\n"

    # Functions.

    def _main(self) -> None:
        pool = [*SCALARS, *MEMREFS, *(TENSORS * 2 if self.tensors else ())]
        inputs = [self.random.choice(pool) for _ in range(self.random.randint(2, 5))]
        wanted = [*SCALARS, *(TENSORS * 2 if self.tensors else ())]
        results = [self.random.choice(wanted) for _ in range(self.random.randint(1, 3))]
        self._function("main", "", inputs, results, self.size)

    def _helper(self, name: str) -> None:
        pool = [*SCALARS, *(TENSORS if self.tensors else ())]
        inputs = [self.random.choice(pool) for _ in range(self.random.randint(1, 3))]
        result = self.random.choice(pool)
        self._function(name, "private ", inputs, [result], 3)
        self.callable.append((name, tuple(inputs), result))

    def _function(
        self, name: str, visibility: str, inputs: list[str], results: list[str], size: int
    ) -> None:
        self.scope = [(f"%arg{n}", type) for n, type in enumerate(inputs)]
        taken = ", ".join(f"{value}: {type}" for value, type in self.scope)
        given = f" -> ({', '.join(results)})" if results else ""
        self._line(f"func.func {visibility}@{name}({taken}){given} {{")
        with self._indented():
            self._statements(size)
            returned = [self.any_of(type) for type in results]
            self._line(f"return {', '.join(returned)} : {', '.join(results)}")
        self._line("}")

    def _branching(self, name: str) -> None:
        """A function of blocks: a short loop with a diamond inside."""
        type = self.random.choice(INTEGERS)
        self.scope = [("%a", type), ("%b", type)]
        self._line(f"func.func private @{name}(%a: {type}, %b: {type}) -> {type} {{")
        with self._indented():
            self._line("%zero = arith.constant 0 : index")
            self._line("%one = arith.constant 1 : index")
            self._line(f"%limit = arith.constant {self.random.randint(0, 4)} : index")
            self._line(f"cf.br ^head(%zero, %a, %b : index, {type}, {type})")
            self._line(f"^head(%i: index, %x: {type}, %y: {type}):")
            self._line("%more = arith.cmpi slt, %i, %limit : index")
            swapped = self.random.choice(("%x", "%y"))
            self._line(f"cf.cond_br %more, ^body, ^end({swapped} : {type})")
            self._line("^body:")
            self.scope += [("%x", type), ("%y", type), ("%i", "index")]
            outer = len(self.scope)
            self._scalars(2)
            condition, left, right = self.any_of("i1"), self.any_of(type), self.any_of(type)
            self._line(f"cf.cond_br {condition}, ^left({left} : {type}), ^right")
            self._line(f"^left(%l: {type}):")
            self.scope.append(("%l", type))
            self._scalars(2)
            self._line(f"cf.br ^join({self.any_of(type)}, %x : {type}, {type})")
            del self.scope[outer:]
            self._line("^right:")
            self._line(f"cf.br ^join({right}, {self.any_of(type)} : {type}, {type})")
            self._line(f"^join(%p: {type}, %q: {type}):")
            self._line("%next = arith.addi %i, %one : index")
            self._line(f"cf.br ^head(%next, %p, %q : index, {type}, {type})")
            self._line(f"^end(%r: {type}):")
            self._line(f"return %r : {type}")
        self._line("}")
        self.callable.append((name, (type, type), type))

    # Statements.

    def _statements(self, count: int) -> None:
        for _ in range(count):
            if self.random.random() < 0.45:
                self._scalar()
            else:
                self.random.choice(self._kinds())()

    def _kinds(self) -> list[Callable[[], None]]:
        kinds = [self._load, self._store, self._local, self._call]
        if self.tensors:
            kinds += [self._extract, self._insert, self._generic, self._elementwise, self._filled]
            kinds += [self._slices]
        if self.depth < 4:
            kinds += [self._for, self._for, self._if, self._if, self._while, self._affine]
        return kinds

    def _scalars(self, count: int) -> None:
        for _ in range(count):
            self._scalar()

    def _scalar(self) -> None:
        self.fresh_value(self.random.choice(SCALARS))

    def fresh_value(self, type: str) -> str:
        """The result of a new op of a scalar type."""
        choice = self.random.random()
        if choice < 0.15:
            return self._constant(type)
        if choice < 0.3:
            condition, a, b = self.any_of("i1"), self.any_of(type), self.any_of(type)
            return self._op(f"arith.select {condition}, {a}, {b} : {type}", type)
        if type in FLOATS:
            return self._float(type)
        if type == "i1":
            return self._comparison()
        return self._integer(type) if choice < 0.8 else self._cast(type)

    def _constant(self, type: str) -> str:
        if type in FLOATS:
            text = self.random.choice(_FLOAT_CONSTANTS)
            return self._op(f"arith.constant {text} : {type}", type)
        number = self.random.choice(_INTEGER_CONSTANTS)
        value = ("false", "true")[number & 1] if type == "i1" else f"{number} : {type}"
        return self._op(f"arith.constant {value}", type)

    def _comparison(self) -> str:
        if self.random.random() < 0.3:
            type = self.random.choice(FLOATS)
            a, b = self.any_of(type), self.any_of(type)
            predicate = self.random.choice(_FLOAT_PREDICATES)
            return self._op(f"arith.cmpf {predicate}, {a}, {b} : {type}", "i1")
        type = self.random.choice((*INTEGERS, "index"))
        a, b = self.any_of(type), self.any_of(type)
        return self._op(f"arith.cmpi {self.random.choice(_PREDICATES)}, {a}, {b} : {type}", "i1")

    def _integer(self, type: str) -> str:
        a, b = self.any_of(type), self.any_of(type)
        choice = self.random.random()
        if choice < 0.7:
            name = self.random.choice(_BINARY_INTEGER)
            return self._op(f"arith.{name} {a}, {b} : {type}", type)
        if choice < 0.85:
            mask = self._op(f"arith.constant {_WIDTHS[type] - 1} : {type}", type)
            far = self._op(f"arith.andi {b}, {mask} : {type}", type)
            name = self.random.choice(("shli", "shrsi", "shrui"))
            return self._op(f"arith.{name} {a}, {far} : {type}", type)
        seven = self._op(f"arith.constant 7 : {type}", type)
        one = self._op(f"arith.constant 1 : {type}", type)
        low = self._op(f"arith.andi {b}, {seven} : {type}", type)
        divisor = self._op(f"arith.addi {low}, {one} : {type}", type)
        name = self.random.choice(("divsi", "divui", "remsi", "remui", "floordivsi", "ceildivsi"))
        return self._op(f"arith.{name} {a}, {divisor} : {type}", type)

    def _float(self, type: str) -> str:
        a, b = self.any_of(type), self.any_of(type)
        choice = self.random.random()
        if choice < 0.6:
            return self._op(f"arith.{self.random.choice(_BINARY_FLOAT)} {a}, {b} : {type}", type)
        if choice < 0.8:
            name = self.random.choice(("arith.negf", "math.absf", "math.sqrt", "math.floor"))
            return self._op(f"{name} {a} : {type}", type)
        if choice < 0.9:
            source = self.random.choice(INTEGERS)
            name = self.random.choice(("sitofp", "uitofp"))
            return self._op(f"arith.{name} {self.any_of(source)} : {source} to {type}", type)
        if type == "f64":
            return self._op(f"arith.extf {self.any_of('f32')} : f32 to f64", type)
        return self._op(f"arith.truncf {self.any_of('f64')} : f64 to f32", type)

    def _cast(self, type: str) -> str:
        source = self.random.choice([one for one in (*INTEGERS, "index", "i1") if one != type])
        value = self.any_of(source)
        if "index" in (source, type):
            name = self.random.choice(("index_cast", "index_castui"))
        elif _WIDTHS[source] < _WIDTHS[type]:
            name = self.random.choice(("extsi", "extui"))
        else:
            name = "trunci"
        return self._op(f"arith.{name} {value} : {source} to {type}", type)

    def _index(self) -> str:
        """An index in bounds."""
        bound = self._op(f"arith.constant {SIZE} : index", "index")
        return self._op(f"arith.remui {self.any_of('index')}, {bound} : index", "index")

    def _call(self) -> None:
        if self.callable:
            name, inputs, result = self.random.choice(self.callable)
            given = ", ".join(self.any_of(type) for type in inputs)
            self._op(f"func.call @{name}({given}) : ({', '.join(inputs)}) -> {result}", result)

    # Memory.

    def _local(self) -> None:
        type = self.random.choice(MEMREFS)
        value = self.any_of(element(type))
        made = self._op(f"memref.alloca() : {type}", type)
        self._line(f"linalg.fill ins({value} : {element(type)}) outs({made} : {type})")

    def _existing(self, pool: tuple[str, ...]) -> Value | None:
        known = [value for value in self.scope if value[1] in pool]
        return self.random.choice(known) if known else None

    def _load(self) -> None:
        memory = self._existing(MEMREFS)
        if memory is not None:
            self._op(f"memref.load {memory[0]}[{self._index()}] : {memory[1]}", element(memory[1]))

    def _store(self) -> None:
        memory = self._existing(MEMREFS)
        if memory is not None:
            value = self.any_of(element(memory[1]))
            self._line(f"memref.store {value}, {memory[0]}[{self._index()}] : {memory[1]}")

    def _affine(self) -> None:
        memory = self._existing(MEMREFS)
        if memory is None:
            return
        name, type = memory
        i = self._name()
        self._line(f"affine.for {i} = 0 to {SIZE - 1} {{")
        with self._inside([(i, "index")]):
            self._op(f"affine.load {name}[{i} + 1] : {type}", element(type))
            self._statements(1)
            where = self.random.choice((i, f"{SIZE - 1} - {i}", f"({i} * 3) mod {SIZE}"))
            self._line(f"affine.store {self.any_of(element(type))}, {name}[{where}] : {type}")
        self._line("}")

    # Tensors.

    def _extract(self) -> None:
        type = self.random.choice(TENSORS)
        tensor = self.any_of(type)
        self._op(f"tensor.extract {tensor}[{self._index()}] : {type}", element(type))

    def _insert(self) -> None:
        type = self.random.choice(TENSORS)
        value, tensor = self.any_of(element(type)), self.any_of(type)
        self._op(f"tensor.insert {value} into {tensor}[{self._index()}] : {type}", type)

    def _elementwise(self) -> None:
        type = self.random.choice(TENSORS)
        names = _BINARY_FLOAT if element(type) in FLOATS else _BINARY_INTEGER
        a, b = self.any_of(type), self.any_of(type)
        self._op(f"arith.{self.random.choice(names)} {a}, {b} : {type}", type)

    def _filled(self) -> None:
        type = self.random.choice(TENSORS)
        value = self.any_of(element(type))
        empty = self._name()
        self._line(f"{empty} = tensor.empty() : {type}")
        filling = f"linalg.fill ins({value} : {element(type)}) outs({empty} : {type})"
        self._op(f"{filling} -> {type}", type)

    def _slices(self) -> None:
        type = self.random.choice(TENSORS)
        part = type.replace(str(SIZE), "2", 1)
        source, target, slice = self.any_of(type), self.any_of(type), self._name()
        first, second = self.random.randint(0, 2), self.random.randint(0, 2)
        step = self.random.choice((1, 2)) if first < 2 else 1
        self._line(
            f"{slice} = tensor.extract_slice {source}[{first}] [2] [{step}] : {type} to {part}"
        )
        self._op(
            f"tensor.insert_slice {slice} into {target}[{second}] [2] [1] : {part} into {type}",
            type,
        )

    def _generic(self) -> None:
        type = self.random.choice(TENSORS)
        scalar = element(type)
        a, b, into = self.any_of(type), self.any_of(type), self.any_of(type)
        maps = ["(d) -> (d)", self.random.choice(("(d) -> (d)", f"(d) -> ({SIZE - 1} - d)"))]
        shown = ", ".join(f"affine_map<{one}>" for one in (*maps, "(d) -> (d)"))
        made = self._name()
        self._line(
            f"{made} = linalg.generic {{indexing_maps = [{shown}], "
            f'iterator_types = ["parallel"]}} ins({a}, {b} : {type}, {type}) '
            f"outs({into} : {type}) {{"
        )
        x, y, z = self._name(), self._name(), self._name()
        self._line(f"^bb0({x}: {scalar}, {y}: {scalar}, {z}: {scalar}):")
        with self._inside([(x, scalar), (y, scalar), (z, scalar)]):
            self._scalars(2)
            self._line(f"linalg.yield {self.fresh_value(scalar)} : {scalar}")
        self._line(f"}} -> {type}")
        self.scope.append((made, type))

    # Control flow.

    def _carried(self) -> list[Value]:
        pool = [*SCALARS, *(TENSORS * 2 if self.tensors else ())]
        types = [self.random.choice(pool) for _ in range(self.random.randint(1, 2))]
        return [(self.any_of(type), type) for type in types]

    def _for(self) -> None:
        carried = self._carried()
        types = [type for _, type in carried]
        bound = self._op(f"arith.constant {self.random.randint(0, 4)} : index", "index")
        if self.random.random() < 0.4:
            limit = self._op("arith.constant 5 : index", "index")
            bound = self._op(f"arith.remui {self.any_of('index')}, {limit} : index", "index")
        zero = self._op(f"arith.constant {self.random.randint(0, 1)} : index", "index")
        step = self._op(f"arith.constant {self.random.randint(1, 2)} : index", "index")
        inner = [(self._name(), type) for type in types]
        passed = ", ".join(f"{x} = {v}" for (x, _), (v, _) in zip(inner, carried, strict=True))
        made, names = self._results(len(types))
        i = self._name()
        self._line(
            f"{made} = scf.for {i} = {zero} to {bound} step {step} iter_args({passed}) "
            f"-> ({', '.join(types)}) {{"
        )
        with self._inside([(i, "index"), *inner]):
            self._statements(self.random.randint(1, 3))
            self._yield("scf.yield", types)
        self._line("}")
        self.scope += list(zip(names, types, strict=True))

    def _if(self) -> None:
        types = [type for _, type in self._carried()]
        condition = self.any_of("i1")
        made, names = self._results(len(types))
        self._line(f"{made} = scf.if {condition} -> ({', '.join(types)}) {{")
        with self._inside([]):
            self._statements(self.random.randint(0, 2))
            self._yield("scf.yield", types)
        self._line("} else {")
        with self._inside([]):
            self._statements(self.random.randint(0, 2))
            self._yield("scf.yield", types)
        self._line("}")
        self.scope += list(zip(names, types, strict=True))

    def _while(self) -> None:
        """A loop with a counter of its own, so that it ends."""
        type = self.random.choice(SCALARS)
        start = self.any_of(type)
        zero = self._op("arith.constant 0 : i32", "i32")
        limit = self._op(f"arith.constant {self.random.randint(0, 4)} : i32", "i32")
        one = self._op("arith.constant 1 : i32", "i32")
        made, names = self._results(2)
        n, x, m, y = (self._name() for _ in range(4))
        self._line(
            f"{made} = scf.while ({n} = {zero}, {x} = {start}) : (i32, {type}) -> (i32, {type}) {{"
        )
        with self._inside([(n, "i32"), (x, type)]):
            self._statements(1)
            more = self._op(f"arith.cmpi slt, {n}, {limit} : i32", "i1")
            if self.random.random() < 0.5:
                more = self._op(f"arith.andi {more}, {self.any_of('i1')} : i1", "i1")
            self._line(f"scf.condition({more}) {n}, {self.any_of(type)} : i32, {type}")
        self._line("} do {")
        self._line(f"^bb0({m}: i32, {y}: {type}):")
        with self._inside([(m, "i32"), (y, type)]):
            self._statements(1)
            next = self._op(f"arith.addi {m}, {one} : i32", "i32")
            self._line(f"scf.yield {next}, {self.any_of(type)} : i32, {type}")
        self._line("}")
        self.scope += list(zip(names, ("i32", type), strict=True))

    def _yield(self, name: str, types: list[str]) -> None:
        values = [self.any_of(type) for type in types]
        self._line(f"{name} {', '.join(values)} : {', '.join(types)}")

    # Words.

    def any_of(self, type: str) -> str:
        """Some value of a type: one in scope, or a new one."""
        known = [name for name, of in self.scope if of == type]
        if known and self.random.random() < 0.9:
            recent = known[-4:] if self.random.random() < 0.7 else known
            return self.random.choice(recent)
        if type in TENSORS:
            one = _one(element(type))
            return self._op(f"arith.constant dense<{one}> : {type}", type)
        return self._constant(type)

    def _op(self, text: str, type: str) -> str:
        name = self._name()
        self._line(f"{name} = {text}")
        self.scope.append((name, type))
        return name

    def _name(self) -> str:
        self.counter += 1
        return f"%v{self.counter}"

    def _results(self, count: int) -> tuple[str, list[str]]:
        name = self._name()
        if count == 1:
            return name, [name]
        return f"{name}:{count}", [f"{name}#{number}" for number in range(count)]

    def _line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    @contextmanager
    def _indented(self) -> Iterator[None]:
        self.depth += 1
        yield
        self.depth -= 1

    @contextmanager
    def _inside(self, values: list[Value]) -> Iterator[None]:
        """A region: what is made in it is forgotten after it."""
        known = len(self.scope)
        self.scope += values
        self.depth += 1
        yield
        self.depth -= 1
        del self.scope[known:]


def _one(scalar: str) -> str:
    return "1.5" if scalar in FLOATS else "3"


def program(seed: int, size: int = 12, tensors: bool | None = None) -> str:
    """The program of a seed. Every other one is without tensors, unless that is chosen."""
    return ProgramWriter(seed, size, seed % 2 == 0 if tensors is None else tensors).text()
