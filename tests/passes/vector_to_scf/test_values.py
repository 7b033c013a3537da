"""convert-vector-to-scf keeps what transfers read and write."""

from __future__ import annotations

import numpy as np
import pytest

from tests.passes.vector_to_scf.random_transfers import random_transfers

WAYS = {
    "loops": "convert-vector-to-scf",
    "unrolled": "convert-vector-to-scf{full-unroll=true}",
    "rank 2 stays": "convert-vector-to-scf{target-rank=2}",
    "unrolled to elements": "convert-vector-to-scf{full-unroll=true target-rank=0}",
    "lowered to blocks": "convert-vector-to-scf,lower-affine,convert-scf-to-cf",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("first", range(0, 60, 15))
def test_random_transfers_read_and_write_the_same(way: str, first: int) -> None:
    for seed in range(first, first + 15):
        program = random_transfers(seed)
        expected_vector, expected_memory = program.run("")
        vector, memory = program.run(way)
        np.testing.assert_array_equal(vector, expected_vector, err_msg=program.text)
        np.testing.assert_array_equal(memory, expected_memory, err_msg=program.text)
