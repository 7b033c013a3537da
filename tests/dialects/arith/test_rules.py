"""Every canonical equation of arith and index keeps the values."""

import pytest

from stepwell.dialects.arith import canonicalize as arith
from stepwell.dialects.index import canonicalize as index
from stepwell.ir.rewriting.rule_checking import check_rule
from stepwell.ir.rewriting.rules import Rule, RuleSet

RULES = [
    rule
    for module in (arith, index)
    for found in vars(module).values()
    if isinstance(found, RuleSet)
    for rule in found.rules
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule(rule: Rule) -> None:
    checked = check_rule(rule)
    assert checked.counterexample is None
    assert checked.cases
