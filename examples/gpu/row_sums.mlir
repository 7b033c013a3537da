// The sum of each row, from linalg: the pipeline makes one thread of each row.
//
// Entry:     @main
// Arguments: x    memref<?x?xf32>
//            sums memref<?xf32>     gets a sum for each row

func.func @main(%x: memref<?x?xf32>, %sums: memref<?xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%sums : memref<?xf32>)
  linalg.reduce ins(%x : memref<?x?xf32>) outs(%sums : memref<?xf32>) dimensions = [1]
    (%value: f32, %so_far: f32) {
      %more = arith.addf %value, %so_far : f32
      linalg.yield %more : f32
    }
  return
}
