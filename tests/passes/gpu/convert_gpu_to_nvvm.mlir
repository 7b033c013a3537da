// What kernels become, by ours and by upstream's pass.
//
// RUN: stepwell-opt %s --pass-pipeline='builtin.module(gpu.module(convert-gpu-to-nvvm,reconcile-unrealized-casts))' \
// RUN:   | filecheck %s
// ORACLE: mlir-opt-22 --pass-pipeline='builtin.module(gpu.module(convert-gpu-to-nvvm,reconcile-unrealized-casts))'

gpu.module @kernels {
  // CHECK:         llvm.mlir.global internal @__wg_together_0() {addr_space = 3 : i32} : !llvm.array<32 x f32>
  // CHECK-LABEL:   llvm.func @together(
  // CHECK-SAME:      gpu.kernel
  // CHECK-SAME:      nvvm.kernel, nvvm.maxntid = array<i32: 64, 1, 1>
  // CHECK:           %[[SHARED:.*]] = llvm.mlir.addressof @__wg_together_0 : !llvm.ptr<3>
  // CHECK:           llvm.alloca %{{.*}} x f32 : (i64) -> !llvm.ptr
  // CHECK:           nvvm.read.ptx.sreg.tid.x range <i32, 0, 64> : i32
  // CHECK:           llvm.store %{{.*}}, %{{.*}} : f32, !llvm.ptr<3>
  // CHECK:           nvvm.barrier0
  // CHECK:           nvvm.shfl.sync  down %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : f32 -> f32
  // CHECK:           llvm.call @__nv_expf(%{{.*}}) : (f32) -> f32
  // CHECK:           nvvm.read.ptx.sreg.laneid range <i32, 0, 32> : i32
  // CHECK:           llvm.return
  gpu.func @together(%x: memref<64xf32>)
      workgroup(%s: memref<32xf32, #gpu.address_space<workgroup>>)
      private(%own: memref<4xf32, #gpu.address_space<private>>) kernel
      attributes {known_block_size = array<i32: 64, 1, 1>} {
    %t = gpu.thread_id x
    %two = arith.constant 2 : i32
    %lanes = arith.constant 32 : i32
    %v = memref.load %x[%t] : memref<64xf32>
    memref.store %v, %s[%t] : memref<32xf32, #gpu.address_space<workgroup>>
    gpu.barrier
    %w, %valid = gpu.shuffle down %v, %two, %lanes : f32
    %e = math.exp %w : f32
    %lane = gpu.lane_id
    memref.store %e, %x[%lane] : memref<64xf32>
    memref.store %e, %own[%lane] : memref<4xf32, #gpu.address_space<private>>
    gpu.return
  }

  // CHECK-LABEL:   llvm.func @places(
  // CHECK:           nvvm.read.ptx.sreg.ctaid.y : i32
  // CHECK:           nvvm.read.ptx.sreg.ntid.z : i32
  // CHECK:           nvvm.read.ptx.sreg.nctaid.x : i32
  // CHECK:           llvm.call @__nv_pow(%{{.*}}, %{{.*}}) : (f64, f64) -> f64
  gpu.func @places(%x: memref<?xindex>, %y: memref<?xf64>) kernel {
    %a = gpu.block_id y
    %b = gpu.block_dim z
    %c = gpu.grid_dim x
    memref.store %b, %x[%a] : memref<?xindex>
    memref.store %a, %x[%c] : memref<?xindex>
    %v = memref.load %y[%a] : memref<?xf64>
    %p = math.powf %v, %v : f64
    memref.store %p, %y[%a] : memref<?xf64>
    gpu.return
  }
}
