"""`save` and `load`: values and models in files that can do nothing but hold them.

save({"weight": array, "epoch": 3}, "model.pkl")
load("model.pkl")["epoch"]

A file is in the safetensors format, which other libraries read too, whatever its name ends in: a
table of arrays, their bytes, and among the metadata how they are nested and a checksum of all. No
file is ever unpickled.
"""

from stepwell.frontend.jittor.serialization.files import load, save

__all__ = ["load", "save"]
