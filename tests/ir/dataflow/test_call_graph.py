"""Who calls whom."""

from __future__ import annotations

from stepwell.ir.dataflow.call_graph import CallGraph
from stepwell.ir.operation import Operation, walk
from stepwell.ir.symbol_table import symbol_name
from stepwell.ir.text.parse import parse_module

TEXT = """
func.func @main() {
  call @even() : () -> ()
  call @leaf() : () -> ()
  return
}
func.func private @even() {
  call @odd() : () -> ()
  return
}
func.func private @odd() {
  call @even() : () -> ()
  call @leaf() : () -> ()
  return
}
func.func private @leaf() {
  return
}
func.func private @taken() {
  %f = func.constant @taken : () -> ()
  call @taken() : () -> ()
  return
}
func.func nested @nested()
"""


def _graph() -> tuple[CallGraph, dict[str, Operation]]:
    module = parse_module(TEXT)
    named = {symbol_name(op) or "": op for op in walk(module) if op.name == "func.func"}
    return CallGraph(module), named


def test_components_come_callees_first() -> None:
    graph, named = _graph()
    names = [[symbol_name(op) for op in component] for component in graph.components()]
    assert names.index(["leaf"]) < names.index(["even", "odd"]) < names.index(["main"])
    assert graph.callables == list(named.values())


def test_callers_are_known_for_private_functions_that_are_only_called() -> None:
    graph, named = _graph()
    assert graph.callers(named["main"]) is None
    assert graph.callers(named["taken"]) is None
    assert graph.callers(named["nested"]) == []
    callers = graph.callers(named["leaf"])
    assert callers is not None
    assert [call.parent_op for call in callers] == [named["main"], named["odd"]]


def test_calls_in_a_function() -> None:
    graph, named = _graph()
    calls = graph.calls_in(named["odd"])
    assert [graph.target(call) for call in calls] == [named["even"], named["leaf"]]
