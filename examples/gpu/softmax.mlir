// The softmax of each row, for rows of any width: a block of 128 threads finds a row's maximum, the
// exponentials and their sum, and divides by it.
//
// Entry:     @main
// Arguments: x  memref<?x?xf32>
//            y  memref<?x?xf32>   gets exp(x - max) / sum, row by row

func.func @main(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  %rows = memref.dim %x, %c0 : memref<?x?xf32>
  %columns = memref.dim %x, %c1 : memref<?x?xf32>
  gpu.launch blocks(%row, %by, %bz) in (%gx = %rows, %gy = %c1, %gz = %c1)
             threads(%thread, %ty, %tz) in (%threads = %c128, %sy = %c1, %sz = %c1) {
    %lowest = arith.constant 0xFF800000 : f32
    %zero = arith.constant 0.0 : f32

    %own_max = scf.for %j = %thread to %columns step %threads iter_args(%m = %lowest) -> f32 {
      %value = memref.load %x[%row, %j] : memref<?x?xf32>
      %larger = arith.maximumf %m, %value : f32
      scf.yield %larger : f32
    }
    %max = gpu.all_reduce maximumf %own_max uniform {} : (f32) -> f32

    %own_sum = scf.for %j = %thread to %columns step %threads iter_args(%s = %zero) -> f32 {
      %value = memref.load %x[%row, %j] : memref<?x?xf32>
      %shifted = arith.subf %value, %max : f32
      %e = math.exp %shifted : f32
      memref.store %e, %y[%row, %j] : memref<?x?xf32>
      %more = arith.addf %s, %e : f32
      scf.yield %more : f32
    }
    %sum = gpu.all_reduce add %own_sum uniform {} : (f32) -> f32

    scf.for %j = %thread to %columns step %threads {
      %e = memref.load %y[%row, %j] : memref<?x?xf32>
      %share = arith.divf %e, %sum : f32
      memref.store %share, %y[%row, %j] : memref<?x?xf32>
    }
    gpu.terminator
  }
  return
}
