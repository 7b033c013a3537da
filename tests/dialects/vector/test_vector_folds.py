"""Folds of transfers and of extracts."""

from __future__ import annotations

from tests.passes.passes_on_text import plain, run_passes


def canonical(body: str) -> str:
    text = (
        "func.func @f(%v: vector<2x3x4xf32>, %s: f32, %p: f32, %m: memref<8x?xf32>) {\n"
        f"{body}\nreturn\n}}"
    )
    return plain(run_passes(text, "canonicalize"))


def test_extract_of_extract_is_one() -> None:
    made = canonical(
        "%a = vector.extract %v[1] : vector<3x4xf32> from vector<2x3x4xf32>\n"
        "%b = vector.extract %a[2] : vector<4xf32> from vector<3x4xf32>\n"
        "vector.print %b : vector<4xf32>"
    )
    assert "vector.extract %arg0[1, 2]" in made
    assert made.count("vector.extract") == 1


def test_constant_positions_of_extract_and_insert_become_static() -> None:
    made = canonical(
        "%c1 = arith.constant 1 : index\n%c2 = arith.constant 2 : index\n"
        "%a = vector.insert %s, %v [0, %c2, %c1] : f32 into vector<2x3x4xf32>\n"
        "%b = vector.extract %a[%c1, %c2] : vector<4xf32> from vector<2x3x4xf32>\n"
        "vector.print %a : vector<2x3x4xf32>\nvector.print %b : vector<4xf32>"
    )
    assert "[0, 2, 1]" in made
    assert "[1, 2] : vector<4xf32> from" in made


def test_constant_position_out_of_bounds_stays_dynamic() -> None:
    made = canonical(
        "%c7 = arith.constant 7 : index\n"
        "%b = vector.extract %v[%c7] : vector<3x4xf32> from vector<2x3x4xf32>\n"
        "vector.print %b : vector<3x4xf32>"
    )
    assert "vector.extract %arg0[%c7]" in made


def test_transfer_that_sizes_keep_inside_is_in_bounds() -> None:
    made = canonical(
        "%c4 = arith.constant 4 : index\n"
        "%a = vector.transfer_read %m[%c4, %c4], %p : memref<8x?xf32>, vector<4x2xf32>\n"
        "%b = vector.transfer_read %m[%c4, %c4], %p : memref<8x?xf32>, vector<5x2xf32>\n"
        "vector.print %a : vector<4x2xf32>\nvector.print %b : vector<5x2xf32>"
    )
    assert made.count("in_bounds = [true, false]") == 1
    assert made.count("in_bounds") == 1


def test_affine_composition_puts_new_operands_last() -> None:
    text = """
    func.func @f() {
      affine.for %x = 0 to 10 {
        affine.for %y = 0 to 10 {
          %z = affine.apply affine_map<(d0) -> (d0 * 4 + 1)>(%x)
          %w = affine.apply affine_map<(d0, d1) -> (d0 + d1 * 2)>(%z, %y)
          "test.use"(%w) : (index) -> ()
        }
      }
      return
    }
    """
    made = plain(run_passes(text, "canonicalize"))
    assert "(d0 * 2 + d1 * 4 + 1)" in made
    assert "(%arg1, %arg0)" in made
