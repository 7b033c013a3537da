"""Reverse-mode differentiation: the sweep through a block, and a table of rules for each dialect."""
