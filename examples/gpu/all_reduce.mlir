// The sum of n floats, for any n, by one block of 256 threads and gpu.all_reduce, which lowers to
// shuffles, shared memory and barriers.
//
// Entry:     @main
// Arguments: x    memref<?xf32>   what is summed
//            sum  memref<1xf32>   gets the sum

func.func @main(%x: memref<?xf32>, %sum: memref<1xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c256 = arith.constant 256 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%thread, %ty, %tz) in (%threads = %c256, %sy = %c1, %sz = %c1) {
    %zero = arith.constant 0.0 : f32
    %own = scf.for %i = %thread to %n step %threads iter_args(%so_far = %zero) -> f32 {
      %value = memref.load %x[%i] : memref<?xf32>
      %more = arith.addf %so_far, %value : f32
      scf.yield %more : f32
    }
    %total = gpu.all_reduce add %own uniform {} : (f32) -> f32
    %is_first = arith.cmpi eq, %thread, %c0 : index
    scf.if %is_first {
      memref.store %total, %sum[%c0] : memref<1xf32>
    }
    gpu.terminator
  }
  return
}
