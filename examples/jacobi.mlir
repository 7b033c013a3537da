// Jacobi iterations for Laplace's equation on a grid: each inner point becomes the mean of its
// four neighbours. Two buffers, read and written in turns; the border never changes.
//
// Entry:     @main
// Arguments: grid   memref<16x16xf64>   the grid; holds the result when the call returns
//            pairs  index               how many pairs of sweeps: 2 * pairs iterations
// Returns:   f64                        the largest change of any point in the last sweep

func.func private @sweep(%from: memref<16x16xf64>, %to: memref<16x16xf64>) -> f64 {
  %c1 = arith.constant 1 : index
  %c15 = arith.constant 15 : index
  %quarter = arith.constant 2.5e-01 : f64
  %zero = arith.constant 0.0 : f64
  %change = scf.for %i = %c1 to %c15 step %c1 iter_args(%rows = %zero) -> (f64) {
    %above = arith.subi %i, %c1 : index
    %below = arith.addi %i, %c1 : index
    %row = scf.for %j = %c1 to %c15 step %c1 iter_args(%so_far = %rows) -> (f64) {
      %left = arith.subi %j, %c1 : index
      %right = arith.addi %j, %c1 : index
      %n = memref.load %from[%above, %j] : memref<16x16xf64>
      %s = memref.load %from[%below, %j] : memref<16x16xf64>
      %w = memref.load %from[%i, %left] : memref<16x16xf64>
      %e = memref.load %from[%i, %right] : memref<16x16xf64>
      %ns = arith.addf %n, %s : f64
      %we = arith.addf %w, %e : f64
      %sum = arith.addf %ns, %we : f64
      %mean = arith.mulf %sum, %quarter : f64
      %old = memref.load %from[%i, %j] : memref<16x16xf64>
      %difference = arith.subf %mean, %old : f64
      %size = math.absf %difference : f64
      %largest = arith.maximumf %so_far, %size : f64
      memref.store %mean, %to[%i, %j] : memref<16x16xf64>
      scf.yield %largest : f64
    }
    scf.yield %row : f64
  }
  return %change : f64
}

func.func @main(%grid: memref<16x16xf64>, %pairs: index) -> f64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f64
  %other = memref.alloca() : memref<16x16xf64>
  memref.copy %grid, %other : memref<16x16xf64> to memref<16x16xf64>
  %last = scf.for %k = %c0 to %pairs step %c1 iter_args(%before = %zero) -> (f64) {
    %there = func.call @sweep(%grid, %other) : (memref<16x16xf64>, memref<16x16xf64>) -> f64
    %back = func.call @sweep(%other, %grid) : (memref<16x16xf64>, memref<16x16xf64>) -> f64
    scf.yield %back : f64
  }
  return %last : f64
}
