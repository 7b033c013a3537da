"""What compiled code calls: memory, array results, loops on threads, conversions, printing.

The pieces are LLVM IR text, compiled in the process when the first module asks for one of their
symbols, and kept until the process ends. Importing this package makes the symbols known.
"""

from stepwell.backends.cpu.support import allocator, arrays, conversions, copies, parallel, printing

__all__ = ["allocator", "arrays", "conversions", "copies", "parallel", "printing"]
