"""Functions of floats as polynomials; used by `test-math-polynomial-approximation`."""
