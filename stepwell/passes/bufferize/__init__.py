"""One-shot bufferization: from tensors, which are values, to memrefs, which are memory.

`analysis` decides which operands may be written in place; `bufferizer` rewrites; the `*_ops`
modules say, for each op on tensors, what it reads, writes and aliases, and what it becomes. After
https://mlir.llvm.org/docs/Bufferization/.
"""

from importlib import import_module

from stepwell.ir.operation import Operation, walk

_MODEL_MODULES = {
    "arith": "arith_ops",
    "bufferization": "bufferization_ops",
    "func": "function_ops",
    "linalg": "linalg_ops",
    "scf": "scf_ops",
    "tensor": "tensor_ops tensor_filling",
    "vector": "vector_ops",
}


def load_models(root: Operation) -> None:
    """Imports the models of the dialects that are used in `root`."""
    used = {op.name.partition(".")[0] for op in walk(root)}
    for dialect, modules in _MODEL_MODULES.items():
        for module in modules.split() if dialect in used else ():
            import_module(f"{__name__}.{module}")
