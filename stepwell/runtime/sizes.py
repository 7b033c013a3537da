"""Sizes as people read them."""

from __future__ import annotations


def size_text(size: int) -> str:
    """Bytes in the largest unit that fits, with four digits: `8.386GB`, `65MB`."""
    amount, unit = float(size), ""
    for larger in "KMGT":
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.4g}{unit}B"
