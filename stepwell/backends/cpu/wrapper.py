"""The METH_FASTCALL wrapper of a compiled function, as LLVM IR.

    PyObject *call(PyObject *slow, PyObject *const *args, Py_ssize_t nargs)

It reads Python's numbers and NumPy's arrays itself and calls the function without the GIL. Whatever
is not exactly what the signature wants goes to `slow(*args)` before anything has run: `slow` is a
Python callable, the `self` of the built-in function, which converts what can be converted and
explains what cannot. Where a call runs out of memory, `slow.out_of_memory()` raises the error.
"""

from __future__ import annotations

from stepwell.backends.cpu import guard, layout
from stepwell.backends.cpu.elements import ELEMENTS, Element, integer_bounds, is_float
from stepwell.backends.cpu.lowered import Lines, call_kernel, result_type
from stepwell.backends.cpu.signature import Arg, FunctionSignature, MemRefArg, ScalarArg, Sizes

DECLARATIONS = """
declare ptr @PyObject_Vectorcall(ptr, ptr, i64, ptr)
declare i64 @PyLong_AsLongLongAndOverflow(ptr, ptr)
declare double @PyFloat_AsDouble(ptr)
declare ptr @PyErr_Occurred()
declare void @PyErr_Clear()
declare ptr @PyLong_FromLongLong(i64)
declare ptr @PyLong_FromUnsignedLongLong(i64)
declare ptr @PyBool_FromLong(i64)
declare ptr @PyFloat_FromDouble(double)
declare ptr @PyTuple_New(i64)
declare i32 @PyTuple_SetItem(ptr, i64, ptr)
declare void @Py_IncRef(ptr)
declare void @Py_DecRef(ptr)
declare ptr @PyEval_SaveThread()
declare void @PyEval_RestoreThread(ptr)
declare ptr @PyObject_CallMethod(ptr, ptr, ptr, ...)
declare ptr @stepwell_array_result(ptr, i64, i64, i32, ptr, ptr)
@stepwell.out_of_memory = private constant [14 x i8] c"out_of_memory\\00"
@PyLong_Type = external global i8
@PyBool_Type = external global i8
@PyFloat_Type = external global i8
@_Py_NoneStruct = external global i8
@stepwell_numpy_ndarray = external global i8
"""


INDEX_READER = f"""
define internal i1 @stepwell.read_indices(ptr %args, i64 %count, ptr %out) {{
entry:
  %overflow = alloca i32
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %next, %store ]
  %more = icmp slt i64 %i, %count
  br i1 %more, label %read, label %done
read:
  %slot = getelementptr ptr, ptr %args, i64 %i
  %given = load ptr, ptr %slot
  %type_at = getelementptr i8, ptr %given, i64 {layout.TYPE}
  %type = load ptr, ptr %type_at
  %is_number = icmp eq ptr %type, @PyLong_Type
  %is_truth = icmp eq ptr %type, @PyBool_Type
  %fits = or i1 %is_number, %is_truth
  br i1 %fits, label %convert, label %done
convert:
  %number = call i64 @PyLong_AsLongLongAndOverflow(ptr %given, ptr %overflow)
  %lost = load i32, ptr %overflow
  %whole = icmp eq i32 %lost, 0
  br i1 %whole, label %store, label %done
store:
  %where = getelementptr i64, ptr %out, i64 %i
  store i64 %number, ptr %where
  %next = add i64 %i, 1
  br label %head
done:
  %all = icmp sge i64 %i, %count
  ret i1 %all
}}
"""
"""Reads so many Python integers in a row; whether all of them fit."""


def wrapper_name(index: int) -> str:
    """The symbol of the wrapper of the module's function number `index`."""
    return f"stepwell.call.{index}"


def has_wrapper(signature: FunctionSignature) -> bool:
    """Whether a wrapper can be generated; if not, all calls take the portable way."""
    arrays = [a for a in signature.args + signature.results if isinstance(a, MemRefArg)]
    if any(a.shape is None or a.rank > 64 for a in arrays):
        return False
    # A double must be rounded to these in one step, which not every host can do.
    return not any(isinstance(a, ScalarArg) and a.kind in ("f16", "bf16") for a in signature.args)


def number_declarations(signatures: list[FunctionSignature]) -> str:
    """Declarations of the type numbers that are known only at run time."""
    used = {
        ELEMENTS[a.element].number_symbol
        for signature in signatures
        for a in signature.args + signature.results
        if isinstance(a, MemRefArg) and not ELEMENTS[a.element].numbers
    }
    return "".join(f"@{symbol} = external global i32\n" for symbol in sorted(used))


def wrapper_text(signature: FunctionSignature, index: int, guarded: bool = True) -> str:
    """The LLVM IR of the wrapper of function number `index`; needs `has_wrapper`.

    Args:
        signature: the function's. index: its number. guarded: whether it may run out of memory.
    """
    wrapper = _Wrapper(signature, guarded)
    wrapper.read_arguments()
    results = wrapper.call()
    wrapper.give(results)
    header = f'define ptr @"{wrapper_name(index)}"(ptr %self, ptr %args, i64 %nargs) {{\n'
    tail = _SLOW + (wrapper.exhausted if guarded else "")
    return f"{header}entry:\n{wrapper.allocations}\n{wrapper.lines}\n{tail}}}\n"


_SLOW = """slow:
  %slowly = call ptr @PyObject_Vectorcall(ptr %self, ptr %args, i64 %nargs, ptr null)
  ret ptr %slowly
failed:
  ret ptr null
"""


_EXHAUSTED = f"""{guard.EXHAUSTED}:
  call void @PyEval_RestoreThread(ptr {{thread}})
  %raised = call ptr (ptr, ptr, ptr, ...) @PyObject_CallMethod(ptr %self,
    ptr @stepwell.out_of_memory, ptr null)
  ret ptr %raised
"""


def _is_index(arg: Arg) -> bool:
    return isinstance(arg, ScalarArg) and arg.kind == "index"


class _Wrapper:
    def __init__(self, signature: FunctionSignature, guarded: bool) -> None:
        self.signature = signature
        self.guarded = guarded
        self.exhausted = ""
        self.lines = Lines()
        self.values: list[str] = []
        self.owners: list[tuple[str, str]] = []
        self.indices = sum(_is_index(arg) for arg in signature.args)

    @property
    def allocations(self) -> str:
        results = self.signature.results
        arrays = [(i, r) for i, r in enumerate(results) if isinstance(r, MemRefArg)]
        room = len(self.owners) + len(arrays)
        lines = ["  %overflow = alloca i32", "  %count = alloca i64"]
        lines.append(f"  %owners = alloca [{max(room, 1)} x {{ ptr, ptr }}]")
        lines.append(f"  %indices = alloca [{max(self.indices, 1)} x i64]")
        lines += [f"  %descriptor{i} = alloca {result_type(r)}" for i, r in arrays]
        return (guard.ALLOCATION if self.guarded else "") + "\n".join(lines)

    def require(self, condition: str) -> None:
        """Goes on if the i1 `condition` holds, else to the slow path."""
        ahead = self.lines.fresh("ok")
        self.lines.emit(f"br i1 {condition}, label %{ahead}, label %slow")
        self.lines.label(ahead)

    def read_arguments(self) -> None:
        count = len(self.signature.args)
        self.require(self.lines.value(f"icmp eq i64 %nargs, {count}"))
        read = 0
        for i, arg in enumerate(self.signature.args):
            if _is_index(arg):
                if not i or not _is_index(self.signature.args[i - 1]):
                    self._read_indices(i, read)
                self.values.append(self.lines.load("i64", "%indices", 8 * read))
                read += 1
                continue
            given = self.lines.load("ptr", "%args", 8 * i)
            if isinstance(arg, MemRefArg):
                self._read_array(arg, given)
            elif is_float(arg.kind):
                self._read_float(arg.kind, given)
            else:
                self._read_integer(arg.kind, given)

    def _require_type(self, given: str, *types: str) -> None:
        found = self.lines.load("ptr", given, layout.TYPE)
        tests = [self.lines.value(f"icmp eq ptr {found}, @{name}") for name in types]
        self.require(self._any(tests))

    def _any(self, tests: list[str]) -> str:
        whole = tests[0]
        for test in tests[1:]:
            whole = self.lines.value(f"or i1 {whole}, {test}")
        return whole

    def _read_indices(self, first: int, place: int) -> None:
        """Reads the indices from the argument `first` on to `place` in the table of them."""
        lines, args = self.lines, self.signature.args
        count = next((n for n, arg in enumerate(args[first:]) if not _is_index(arg)),
                     len(args) - first)  # fmt: skip
        given, goal = lines.at("%args", 8 * first), lines.at("%indices", 8 * place)
        call = f"call i1 @stepwell.read_indices(ptr {given}, i64 {count}, ptr {goal})"
        self.require(lines.value(call))

    def _read_integer(self, kind: str, given: str) -> None:
        lines, llvm_type = self.lines, ELEMENTS[kind].llvm
        self._require_type(given, "PyLong_Type", "PyBool_Type")
        number = lines.value(f"call i64 @PyLong_AsLongLongAndOverflow(ptr {given}, ptr %overflow)")
        overflow = lines.load("i32", "%overflow")
        self.require(lines.value(f"icmp eq i32 {overflow}, 0"))
        least, greatest = integer_bounds(kind)
        if kind == "ui64":
            self.require(lines.value(f"icmp sge i64 {number}, 0"))
        if llvm_type != "i64":
            above = lines.value(f"sub i64 {number}, {least}")
            self.require(lines.value(f"icmp ule i64 {above}, {greatest - least}"))
            number = lines.value(f"trunc i64 {number} to {llvm_type}")
        self.values.append(number)

    def _read_float(self, kind: str, given: str) -> None:
        lines = self.lines
        self._require_type(given, "PyFloat_Type", "PyLong_Type")
        number = lines.value(f"call double @PyFloat_AsDouble(ptr {given})")
        doubtful = lines.value(f"fcmp oeq double {number}, -1.0")
        ask, clear, good = (lines.fresh(stem) for stem in ("ask", "clear", "good"))
        lines.emit(f"br i1 {doubtful}, label %{ask}, label %{good}")
        lines.label(ask)
        error = lines.value("call ptr @PyErr_Occurred()")
        fine = lines.value(f"icmp eq ptr {error}, null")
        lines.emit(f"br i1 {fine}, label %{good}, label %{clear}")
        lines.label(clear)
        lines.emit("call void @PyErr_Clear()")
        lines.emit("br label %slow")
        lines.label(good)
        if kind == "f32":
            number = lines.value(f"fptrunc double {number} to float")
        self.values.append(number)

    def _read_array(self, arg: MemRefArg, given: str) -> None:
        lines, element = self.lines, ELEMENTS[arg.element]
        self._require_type(given, "stepwell_numpy_ndarray")
        rank = lines.load("i32", given, layout.RANK)
        self.require(lines.value(f"icmp eq i32 {rank}, {arg.rank}"))
        self._require_element(element, given)
        self._require_flags(arg, given)
        sizes = self._read_sizes(arg.shape or (), lines.load("ptr", given, layout.SIZES))
        if arg.strides is None:
            strides = self._row_major(sizes)
        else:
            steps = lines.load("ptr", given, layout.STRIDES)
            strides = self._read_strides(arg.strides, element.size, sizes, steps)
        start = lines.load("ptr", given, layout.DATA)
        aligned = lines.at(start, -(arg.offset or 0) * element.size)
        self.values += [start, aligned, str(arg.offset or 0), *sizes, *strides]
        self.owners.append((start, given))

    def _require_element(self, element: Element, given: str) -> None:
        lines = self.lines
        descr = lines.load("ptr", given, layout.DESCR)
        number = lines.load("i32", descr, layout.TYPE_NUMBER)
        wanted = [str(n) for n in element.numbers] or [
            lines.load("i32", f"@{element.number_symbol}")
        ]
        self.require(self._any([lines.value(f"icmp eq i32 {number}, {n}") for n in wanted]))
        order = lines.load("i8", descr, layout.BYTE_ORDER)
        self.require(lines.value(f"icmp eq i8 {order}, {ord(element.dtype.byteorder)}"))

    def _require_flags(self, arg: MemRefArg, given: str) -> None:
        wanted = layout.ALIGNED
        wanted |= layout.WRITABLE if arg.writable else 0
        wanted |= layout.C_CONTIGUOUS if arg.strides is None else 0
        flags = self.lines.load("i32", given, layout.FLAGS)
        masked = self.lines.value(f"and i32 {flags}, {wanted}")
        self.require(self.lines.value(f"icmp eq i32 {masked}, {wanted}"))

    def _read_sizes(self, shape: Sizes, pointer: str) -> list[str]:
        sizes = []
        for i, wanted in enumerate(shape):
            found = self.lines.load("i64", pointer, 8 * i)
            if wanted is not None:
                self.require(self.lines.value(f"icmp eq i64 {found}, {wanted}"))
            sizes.append(found if wanted is None else str(wanted))
        return sizes

    def _row_major(self, sizes: list[str]) -> list[str]:
        strides: list[str] = []
        for i in reversed(range(len(sizes))):
            if not strides:
                strides.append("1")
            else:
                strides.append(self.lines.value(f"mul i64 {sizes[i + 1]}, {strides[-1]}"))
        return strides[::-1]

    def _read_strides(self, wanted: Sizes, size: int, sizes: list[str], pointer: str) -> list[str]:
        lines, strides = self.lines, []
        for i, stride in enumerate(wanted):
            step = lines.load("i64", pointer, 8 * i)
            if stride is None:
                lost = lines.value(f"and i64 {step}, {size - 1}")
                fits = lines.value(f"icmp eq i64 {lost}, 0")
                strides.append(lines.value(f"sdiv i64 {step}, {size}"))
            else:
                same = lines.value(f"icmp eq i64 {step}, {stride * size}")
                unused = lines.value(f"icmp sle i64 {sizes[i]}, 1")
                fits = self._any([same, unused])
                strides.append(str(stride))
            self.require(fits)
        return strides

    def call(self) -> list[str]:
        lines = self.lines
        for i, (start, given) in enumerate(self.owners):
            lines.emit(f"store ptr {start}, ptr {lines.at('%owners', 16 * i)}")
            lines.emit(f"store ptr {given}, ptr {lines.at('%owners', 16 * i + 8)}")
        lines.emit(f"store i64 {len(self.owners)}, ptr %count")
        thread = lines.value("call ptr @PyEval_SaveThread()")
        if self.guarded:
            guard.enter(lines)
        results = call_kernel(lines, self.signature, self.values)
        if self.guarded:
            guard.leave(lines)
            self.exhausted = _EXHAUSTED.format(thread=thread)
        lines.emit(f"call void @PyEval_RestoreThread(ptr {thread})")
        return results

    def give(self, values: list[str]) -> None:
        """Turns the results into one Python object and returns it."""
        lines = self.lines
        if not values:
            lines.emit("call void @Py_IncRef(ptr @_Py_NoneStruct)")
            lines.emit("ret ptr @_Py_NoneStruct")
            return
        if len(values) == 1:
            lines.emit(f"ret ptr {self._object(0, self.signature.results[0], values[0])}")
            return
        whole = lines.value(f"call ptr @PyTuple_New(i64 {len(values)})")
        self._require_object(whole)
        for i, (result, value) in enumerate(zip(self.signature.results, values, strict=True)):
            item = self._object(i, result, value)
            self._require_object(item, whole)
            lines.emit(f"call i32 @PyTuple_SetItem(ptr {whole}, i64 {i}, ptr {item})")
        lines.emit(f"ret ptr {whole}")

    def _require_object(self, made: str, drop: str | None = None) -> None:
        lines = self.lines
        missing, ahead = lines.fresh("missing"), lines.fresh("ok")
        null = lines.value(f"icmp eq ptr {made}, null")
        lines.emit(f"br i1 {null}, label %{missing}, label %{ahead}")
        lines.label(missing)
        if drop is not None:
            lines.emit(f"call void @Py_DecRef(ptr {drop})")
        lines.emit("br label %failed")
        lines.label(ahead)

    def _object(self, index: int, result: Arg, value: str) -> str:
        if isinstance(result, MemRefArg):
            return self._array(index, result, value)
        lines, element = self.lines, ELEMENTS[result.kind]
        if is_float(result.kind):
            wide = value
            if element.llvm != "double":
                wide = lines.value(f"fpext {element.llvm} {value} to double")
            return lines.value(f"call ptr @PyFloat_FromDouble(double {wide})")
        unsigned = result.kind.startswith("ui") or result.kind == "i1"
        wide = value
        if element.llvm != "i64":
            extend = "zext" if unsigned else "sext"
            wide = lines.value(f"{extend} {element.llvm} {value} to i64")
        make = "PyLong_FromUnsignedLongLong" if unsigned else "PyLong_FromLongLong"
        make = "PyBool_FromLong" if result.kind == "i1" else make
        return lines.value(f"call ptr @{make}(i64 {wide})")

    def _array(self, index: int, result: MemRefArg, value: str) -> str:
        lines, element = self.lines, ELEMENTS[result.element]
        lines.emit(f"store {result_type(result)} {value}, ptr %descriptor{index}")
        number = str(element.dtype.num)
        if not element.numbers:
            number = lines.load("i32", f"@{element.number_symbol}")
        return lines.value(
            f"call ptr @stepwell_array_result(ptr %descriptor{index}, i64 {result.rank}, "
            f"i64 {element.size}, i32 {number}, ptr %owners, ptr %count)"
        )
