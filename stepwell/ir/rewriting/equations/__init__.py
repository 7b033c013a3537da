"""The language of rules that are equations; see `stepwell.ir.rewriting.rules`."""
