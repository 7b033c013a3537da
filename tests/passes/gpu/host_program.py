"""A program whose host manages the device's memory itself."""

HOST_WITH_TOKENS = """
module attributes {gpu.container_module} {
  gpu.module @m {
    gpu.func @k(%x: memref<?xi32>, %by: i32) kernel {
      %t = gpu.global_id x
      %v = memref.load %x[%t] : memref<?xi32>
      %w = func.call @twice(%v) : (i32) -> i32
      %y = arith.addi %w, %by : i32
      memref.store %y, %x[%t] : memref<?xi32>
      gpu.return
    }
    func.func @twice(%v: i32) -> i32 {
      %w = arith.addi %v, %v : i32
      return %w : i32
    }
  }
  func.func private @twice(%v: i32) -> i32 { return %v : i32 }
  func.func @main(%x: memref<?xi32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %by = arith.constant 100 : i32
    %n = memref.dim %x, %c0 : memref<?xi32>
    %t0 = gpu.wait async
    %d, %t1 = gpu.alloc async [%t0] (%n) : memref<?xi32>
    %t2 = gpu.memset async [%t1] %d, %by : memref<?xi32>, i32
    %t3 = gpu.memcpy async [%t2] %d, %x : memref<?xi32>, memref<?xi32>
    %t4 = gpu.launch_func async [%t3] @m::@k blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
      args(%d : memref<?xi32>, %by : i32)
    %t5 = gpu.memcpy async [%t4] %x, %d : memref<?xi32>, memref<?xi32>
    %t6 = gpu.dealloc async [%t5] %d : memref<?xi32>
    gpu.wait [%t6]
    return
  }
}
"""
"""Memory of the device, copies and a launch in a chain of tokens; its kernel calls a function."""
