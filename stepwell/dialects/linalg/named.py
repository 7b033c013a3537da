"""The named structured ops: one class for each line of the table."""

from __future__ import annotations

from stepwell.dialects.linalg.attributes import (
    TypeFn,
)
from stepwell.dialects.linalg.contraction import BatchMatmulOp, BatchReduceMatmulOp, MatmulOp
from stepwell.dialects.linalg.named_op import ConvolutionOp, NamedOp
from stepwell.dialects.linalg.named_table import NamedStructure, named_structures
from stepwell.dialects.linalg.structured import (
    element_types,
    shape_of,
)
from stepwell.ir.definition import OpMeta
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.fields import (
    optional_prop,
)


class FillOp(NamedOp, name="linalg.fill"):
    """`linalg.fill ins(%x : f32) outs(%a : ...) -> ...`: every element becomes the scalar."""

    structure = named_structures()["fill"]

    def verify_op(self) -> None:
        if len(self.inputs) == 1 and shape_of(self.inputs[0].type):
            raise VerifyError("expected op with scalar input")
        value, element = element_types(self.operands)
        if value is not element:
            raise self.error(
                f"expected fill value type ('{value}') to match output element type ('{element}')"
            )
        super().verify_op()


class CopyOp(NamedOp, name="linalg.copy"):
    """`linalg.copy ins(%a : ...) outs(%b : ...)`: copies, converting elements where need be."""

    structure = named_structures()["copy"]
    cast = optional_prop(TypeFn)


WRITTEN: dict[str, type[NamedOp]] = {
    cls.structure.name: cls
    for cls in (MatmulOp, BatchMatmulOp, BatchReduceMatmulOp, FillOp, CopyOp)
}


def _class_for(structure: NamedStructure) -> type[NamedOp]:
    base: type[NamedOp] = ConvolutionOp if structure.spatial else NamedOp
    title = "".join(word.capitalize() for word in structure.name.split("_")) + "Op"
    operands = " ".join(
        letter if index is None else f"{letter}[{index}]" for letter, index in structure.operands
    )
    body = {
        "__doc__": f"`linalg.{structure.name}`: {operands}: O = {structure.equation}.",
        "__module__": __name__,
        "structure": structure,
    }
    made: type[NamedOp] = OpMeta(title, (base,), body, name=f"linalg.{structure.name}")  # type: ignore[assignment]
    return made


NAMED_OPS: dict[str, type[NamedOp]] = {
    name: WRITTEN.get(name) or _class_for(structure)
    for name, structure in named_structures().items()
}
"""The class of each op of the table, by its name without the dialect."""

globals().update({cls.__name__: cls for cls in NAMED_OPS.values()})
