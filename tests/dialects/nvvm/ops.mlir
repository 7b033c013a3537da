llvm.func @k(%v: i32, %f: f32, %w: i32, %p: i1) attributes {nvvm.kernel, nvvm.maxntid = array<i32: 32, 1, 1>, nvvm.reqntid = array<i32: 32>, nvvm.minctasm = 2 : i32} {
  %0 = nvvm.read.ptx.sreg.tid.x : i32
  %1 = nvvm.read.ptx.sreg.ntid.y range <i32, 1, 65> : i32
  %4 = nvvm.read.ptx.sreg.clock64 : i64
  nvvm.barrier0
  nvvm.barrier
  nvvm.barrier id = %v
  nvvm.barrier id = %v number_of_threads = %w
  %s = nvvm.shfl.sync bfly %v, %f, %w, %v : f32 -> f32
  %s2 = nvvm.shfl.sync idx %v, %f, %w, %v {return_value_and_is_valid} : f32 -> !llvm.struct<(f32, i1)>
  %r = nvvm.redux.sync add %v, %w : i32 -> i32
  %r2 = nvvm.redux.sync fmin %f, %w {abs = true} : f32 -> f32
  nvvm.bar.warp.sync %v : i32
  %m = nvvm.vote.sync ballot %v, %p -> i32
  %e = nvvm.elect.sync -> i1
  llvm.return
}
