"""Changing programs: patterns, equations, the greedy driver and dialect conversion."""
