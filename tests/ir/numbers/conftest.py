"""The oracle: attributes printed by mlir-opt-22, where it is installed."""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence

import pytest

Oracle = Callable[[Sequence[str]], list[str]]


@pytest.fixture(scope="session")
def mlir_opt() -> Oracle:
    """A function from attribute texts to what mlir-opt-22 prints for each, types included."""
    program = shutil.which("mlir-opt-22")
    if program is None:
        pytest.skip("mlir-opt-22 is not installed")

    def run(attributes: Sequence[str]) -> list[str]:
        text = "\n".join(f'"test.op"() {{a = {each}}} : () -> ()' for each in attributes)
        command = [program, "--allow-unregistered-dialect", "-"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[:2000]
        found = re.findall(r'^  "test\.op"\(\) \{a = (.*)\} : \(\) -> \(\)$', done.stdout, re.M)
        assert len(found) == len(attributes)
        return found

    return run


@pytest.fixture(scope="session")
def mlir_opt_error() -> Callable[[str], tuple[str, int]]:
    """A function from a wrong attribute text to mlir-opt-22's message and offset in the text."""
    program = shutil.which("mlir-opt-22")
    if program is None:
        pytest.skip("mlir-opt-22 is not installed")

    def run(attribute: str) -> tuple[str, int]:
        command = [program, "--allow-unregistered-dialect", "-"]
        text = f'"test.op"() {{a = {attribute}}} : () -> ()'
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        match = re.search(r":1:(\d+): error: (.*)", done.stderr)
        assert match is not None, f"accepted: {done.stdout}"
        return match[2], int(match[1]) - 1 - len('"test.op"() {a = ')

    return run
