// The sum of n floats, for any n: each block of 256 threads sums what falls to it, through shuffles
// within subgroups and shared memory between them; one more block then sums the blocks' sums.
//
// Entry:     @main
// Arguments: x    memref<?xf32>   what is summed
//            part memref<?xf32>   scratch; as many blocks run as it has elements
//            sum  memref<1xf32>   gets the sum

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @sum(%x: memref<?xf32>, %sums: memref<?xf32>)
        workgroup(%shared: memref<8xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 256, 1, 1>} {
      %zero = arith.constant 0.0 : f32
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : i32
      %c2 = arith.constant 2 : i32
      %c4 = arith.constant 4 : i32
      %c8 = arith.constant 8 : i32
      %c16 = arith.constant 16 : i32
      %lanes = arith.constant 32 : i32
      %subgroup_size = arith.constant 32 : index
      %subgroups = arith.constant 8 : index

      // Each thread walks over the input in steps of all threads.
      %first = gpu.global_id x
      %block_size = gpu.block_dim x
      %blocks = gpu.grid_dim x
      %step = arith.muli %block_size, %blocks : index
      %n = memref.dim %x, %c0 : memref<?xf32>
      %own = scf.for %i = %first to %n step %step iter_args(%so_far = %zero) -> f32 {
        %value = memref.load %x[%i] : memref<?xf32>
        %more = arith.addf %so_far, %value : f32
        scf.yield %more : f32
      }

      // The threads of a subgroup add up their sums: afterwards every lane has the total.
      %s1, %v1 = gpu.shuffle xor %own, %c16, %lanes : f32
      %a1 = arith.addf %own, %s1 : f32
      %s2, %v2 = gpu.shuffle xor %a1, %c8, %lanes : f32
      %a2 = arith.addf %a1, %s2 : f32
      %s3, %v3 = gpu.shuffle xor %a2, %c4, %lanes : f32
      %a3 = arith.addf %a2, %s3 : f32
      %s4, %v4 = gpu.shuffle xor %a3, %c2, %lanes : f32
      %a4 = arith.addf %a3, %s4 : f32
      %s5, %v5 = gpu.shuffle xor %a4, %c1, %lanes : f32
      %a5 = arith.addf %a4, %s5 : f32

      // One lane of each leaves it in shared memory; the first subgroup adds those.
      %thread = gpu.thread_id x
      %lane = gpu.lane_id
      %subgroup = arith.divui %thread, %subgroup_size : index
      %is_first_lane = arith.cmpi eq, %lane, %c0 : index
      scf.if %is_first_lane {
        memref.store %a5, %shared[%subgroup] : memref<8xf32, #gpu.address_space<workgroup>>
      }
      gpu.barrier
      %is_first_subgroup = arith.cmpi eq, %subgroup, %c0 : index
      scf.if %is_first_subgroup {
        %has_one = arith.cmpi ult, %lane, %subgroups : index
        %one = scf.if %has_one -> f32 {
          %found = memref.load %shared[%lane] : memref<8xf32, #gpu.address_space<workgroup>>
          scf.yield %found : f32
        } else {
          scf.yield %zero : f32
        }
        %t1, %w1 = gpu.shuffle xor %one, %c4, %lanes : f32
        %b1 = arith.addf %one, %t1 : f32
        %t2, %w2 = gpu.shuffle xor %b1, %c2, %lanes : f32
        %b2 = arith.addf %b1, %t2 : f32
        %t3, %w3 = gpu.shuffle xor %b2, %c1, %lanes : f32
        %b3 = arith.addf %b2, %t3 : f32
        scf.if %is_first_lane {
          %block = gpu.block_id x
          memref.store %b3, %sums[%block] : memref<?xf32>
        }
      }
      gpu.return
    }
  }

  func.func @main(%x: memref<?xf32>, %part: memref<?xf32>, %sum: memref<1xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %threads = arith.constant 256 : index
    %blocks = memref.dim %part, %c0 : memref<?xf32>
    gpu.launch_func @kernels::@sum blocks in (%blocks, %c1, %c1) threads in (%threads, %c1, %c1)
        args(%x : memref<?xf32>, %part : memref<?xf32>)
    %last = memref.cast %sum : memref<1xf32> to memref<?xf32>
    gpu.launch_func @kernels::@sum blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
        args(%part : memref<?xf32>, %last : memref<?xf32>)
    return
  }
}
