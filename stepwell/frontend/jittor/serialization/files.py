"""Files of saved values: written whole or not at all, read without trust."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.serialization.archive import LENGTH_BYTES, Archive, decoded, encoded
from stepwell.frontend.jittor.serialization.tree import flattened, restored

NESTING = "stepwell"
"""The name of the metadata that says how the arrays are nested."""

Path_ = str | os.PathLike[str]


def save(value: object, path: Path_) -> None:
    """Writes `value` to the file `path`, in place of what was there.

    Args:
        value: arrays, Vars, numbers, strings, None, and lists, tuples and dictionaries of them.
        path: a name of the user's choice.

    Raises:
        TensorError: a part of the value cannot be saved; nothing is written then.
        OSError: writing fails; the file that was there is unchanged then.
    """
    text, arrays = flattened(value)
    _write_whole(Path(os.path.realpath(path)), encoded(arrays, {NESTING: text}))


def load(path: Path_) -> object:
    """The value in the file `path`: arrays of NumPy where `save` was given arrays or Vars.

    A file of another library with the name `*.safetensors` gives a dictionary of its arrays.

    Raises:
        TensorError: the file is damaged, or none of `save`'s: pickles among them are refused.
        OSError: there is no such file, or reading fails.
    """
    content = Path(path).read_bytes()
    try:
        _refuse_code(content)
        archive = decoded(content)
        if archive.is_checked and NESTING in archive.metadata:
            return restored(archive.metadata[NESTING], archive.arrays)
        return _of_others(archive, Path(path))
    except TensorError as error:
        raise TensorError(
            f"'{os.fspath(path)}' cannot be loaded: {error.diagnostics[0].message}"
        ) from None


def _of_others(archive: Archive, path: Path) -> object:
    if path.suffix != ".safetensors":
        raise TensorError("it has no checksum of save()'s: it was damaged or changed")
    return archive.arrays


def _refuse_code(content: bytes) -> None:
    """Refuses the files that can run code when they are read."""
    if content[LENGTH_BYTES : LENGTH_BYTES + 1] == b"{":
        return
    is_pickle = content[:1] == b"\x80" and content[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    is_zip = content[:4] == b"PK\x03\x04"
    if is_pickle or is_zip:
        what = "an archive, as torch writes it, of pickles" if is_zip else "a pickle"
        raise TensorError(
            f"it is {what}, and reading one runs whatever code is in it; save the arrays "
            "where the file was made as safetensors, and load that"
        )


def _write_whole(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(OSError):
            os.chmod(temporary, path.stat().st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
