"""Reverse-mode differentiation: the sweep through a block, and rules for each dialect."""
