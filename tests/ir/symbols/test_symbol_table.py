"""Looking up, renaming and replacing symbols."""

from __future__ import annotations

from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.symbol_table import (
    SymbolTable,
    SymbolTables,
    lookup_nearest,
    nearest_table,
    references,
    replace_symbol_uses,
    set_visibility,
    symbol_name,
    symbol_uses,
    uses_of,
    visibility,
)
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text

TEXT = """module {
  func.func private @g(i32)
  func.func @f(%x: i32) {
    call @g(%x) : (i32) -> ()
    "my.use"() {calls = [@g, {deep = @inner::@h}], type = i32} : () -> ()
    return
  }
  module @inner {
    func.func private @g()
    func.func @h() {
      call @g() : () -> ()
      return
    }
  }
}"""


def _module() -> Operation:
    return parse_module(TEXT, allow_unregistered=True)


def _op(module: Operation, name: str, number: int = 0) -> Operation:
    return [op for op in walk(module) if op.name == name][number]


def test_lookup_goes_through_nested_tables() -> None:
    module = _module()
    tables = SymbolTables()
    outer, inner = tables.lookup_in(module, "g"), tables.lookup_in(module, "inner")
    assert outer is _op(module, "func.func", 0)
    assert inner is not None and symbol_name(inner) == "inner"
    found = tables.lookup_in(module, SymbolRefAttr("inner", ("g",)))
    assert found is not None and found is not outer and found.parent_op is inner
    assert tables.lookup_in(module, SymbolRefAttr("inner", ("x",))) is None
    assert tables.lookup_in(module, SymbolRefAttr("g", ("x",))) is None


def test_the_nearest_table_decides() -> None:
    module = _module()
    first, second = _op(module, "func.call", 0), _op(module, "func.call", 1)
    found, other = lookup_nearest(first, "g"), lookup_nearest(second, "g")
    assert found is not None and other is not None and found is not other
    assert nearest_table(first) is module


def test_uses_stay_in_their_scope() -> None:
    module = _module()
    assert [str(use.symbol) for use in symbol_uses(module)] == ["@g", "@g", "@inner::@h"]
    assert len(uses_of("g", module)) == 2
    assert len(uses_of("inner", module)) == 1


def test_replacing_uses_reaches_into_attributes() -> None:
    module = _module()
    replace_symbol_uses(module, "inner", "outer")
    replace_symbol_uses(module, "g", "k")
    user = _op(module, "my.use")
    assert [str(symbol) for symbol in references(user)] == ["@k", "@outer::@h"]
    assert "call @g()" in print_to_text(module)


def test_rename_changes_definition_and_uses() -> None:
    module = _module()
    table = SymbolTable(module)
    function = table.lookup("g")
    assert function is not None
    table.rename(function, "new")
    assert table.lookup("g") is None and table.lookup("new") is function
    assert symbol_name(function) == "new" and len(uses_of("new", module)) == 2


def test_insert_makes_names_unique() -> None:
    module = _module()
    table = SymbolTable(module)
    names = [table.insert(_op(_module(), "func.func").detach()) for _ in range(2)]
    assert names == ["g_0", "g_1"]
    assert module.regions[0].entry.last is table.lookup("g_1")


def test_visibility() -> None:
    function = _op(_module(), "func.func", 1)
    assert visibility(function) == "public"
    set_visibility(function, "private")
    assert visibility(function) == "private"
    set_visibility(function, "public")
    assert "sym_visibility" not in function.properties
