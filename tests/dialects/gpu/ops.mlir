module attributes {gpu.container_module} {
  gpu.module @m [#nvvm.target<chip = "sm_90", flags = {fast, ftz}, link = ["a.bc"]>, #nvvm.target] attributes {x = 1 : i32} {
    gpu.func @k(%a: memref<4xf32> {llvm.noalias}, %b: f32) -> (f32 {foo.x}, i32) private(%q: memref<4xf32, 5> {llvm.align = 4 : i64}) attributes {known_grid_size = array<i32: 1, 2, 3>} {
      %c = arith.constant 1 : i32
      gpu.return %b, %c : f32, i32
    }
    gpu.func @k2() kernel {
      %c0 = arith.constant 0 : i32
      %f = arith.constant 0.0 : f32
      %x = gpu.thread_id y
      %x2 = gpu.thread_id x upper_bound 64
      %n = gpu.num_subgroups : index
      %sid = gpu.subgroup_id upper_bound 4 : index
      %cid = gpu.cluster_id x
      %cd = gpu.cluster_dim y
      %cdb = gpu.cluster_dim_blocks y
      %cbi = gpu.cluster_block_id y
      %l = gpu.lane_id upper_bound 32
      %dsm = gpu.dynamic_shared_memory : memref<?xi8, #gpu.address_space<workgroup>>
      %r0 = gpu.all_reduce add %f uniform {} : (f32) -> (f32)
      %r1 = gpu.all_reduce %f {
        ^bb(%l1: f32, %r: f32):
        %s = arith.addf %l1, %r : f32
        "gpu.yield"(%s) : (f32) -> ()
      } : (f32) -> (f32)
      %sr = gpu.subgroup_reduce mul %f uniform : (f32) -> (f32)
      %sr2 = gpu.subgroup_reduce maxsi %c0 cluster(size = 4, stride = 2) : (i32) -> (i32)
      %w = arith.constant 32 : i32
      %s1, %s2 = gpu.shuffle up %f, %c0, %w : f32
      %s3, %s4 = gpu.shuffle idx %f, %c0, %w : f32
      %s5, %s6 = gpu.rotate %f, 3, 32 : f32
      gpu.printf "a"
      gpu.printf "a %d", %c0 : i32
      gpu.barrier
      gpu.return
    }
  }
  gpu.binary @bin [#gpu.object<#nvvm.target<chip = "sm_70">, "abc\00">, #gpu.object<#nvvm.target, assembly = "BIN">, #gpu.object<#nvvm.target, properties = {O = 3 : i32}, fatbin = "BIN">]
  gpu.binary @bin2 <#gpu.select_object<1>> [#gpu.object<#nvvm.target, "abc">]
  func.func @f(%sz: index, %m: memref<4xf32>, %d: memref<?xf32>, %um: memref<*xf32>, %b: i1, %f: f32, %fl: i32) {
    %t = gpu.wait async
    %t2 = gpu.wait async [%t]
    gpu.wait [%t]
    gpu.wait
    gpu.host_register %um : memref<*xf32>
    gpu.host_unregister %um : memref<*xf32>
    %p = gpu.alloc () : memref<13xf32, 1>
    %p1, %tt = gpu.alloc async [%t] (%sz) : memref<?xf32, 1>
    %p2 = gpu.alloc host_shared (%sz)[%sz] : memref<?xf32, affine_map<(d0)[s0]->(d0+s0)>, 1>
    gpu.dealloc %p : memref<13xf32, 1>
    %t4 = gpu.dealloc async [%tt] %p1 : memref<?xf32, 1>
    gpu.memcpy %d, %p1 : memref<?xf32>, memref<?xf32, 1>
    %t5 = gpu.memcpy async [%t4] %d, %p1 : memref<?xf32>, memref<?xf32, 1>
    gpu.memset %d, %f : memref<?xf32>, f32
    %t6 = gpu.memset async [%t4, %t5] %d, %f : memref<?xf32>, f32
    gpu.set_default_device %fl
    gpu.launch_func @m::@k2 blocks in (%sz, %sz, %sz) threads in (%sz, %sz, %sz)
    %t7 = gpu.launch_func async [%t] @m::@k2 blocks in (%sz, %sz, %sz) threads in (%sz, %sz, %sz) dynamic_shared_memory_size %fl
    gpu.launch_func @m::@k2 clusters in (%sz, %sz, %sz) blocks in (%sz, %sz, %sz) threads in (%sz, %sz, %sz)
    gpu.launch blocks(%bx, %by, %bz) in (%sbx = %sz, %sby = %sz, %sbz = %sz) threads(%tx, %ty, %tz) in (%stx = %sz, %sty = %sz, %stz = %sz) {
      gpu.terminator
    }
    %t8 = gpu.launch async [%t] blocks(%bx, %by, %bz) in (%sbx = %sz, %sby = %sz, %sbz = %sz) threads(%tx, %ty, %tz) in (%stx = %sz, %sty = %sz, %stz = %sz) dynamic_shared_memory_size %fl workgroup(%s: memref<4xf32, 3>) private(%s2: memref<4xf32, 5>) {
      gpu.terminator
    } {foo = 1 : i32}
    gpu.launch clusters(%cx, %cy, %cz) in (%scx = %sz, %scy = %sz, %scz = %sz) blocks(%bx, %by, %bz) in (%sbx = %sz, %sby = %sz, %sbz = %sz) threads(%tx, %ty, %tz) in (%stx = %sz, %sty = %sz, %stz = %sz) module(@m) function(@g) {
      gpu.terminator
    }
    return
  }
}

// Values of a subgroup's lanes, and matrices that a subgroup holds.
func.func @broadcasts(%x: f32, %l: i32) -> f32 {
  %a = gpu.subgroup_broadcast %x, first_active_lane : f32
  %b = gpu.subgroup_broadcast %a, specific_lane %l : f32
  return %b : f32
}
func.func @matrices(%A: memref<32x32xf16>, %B: memref<32x32xf16>, %C: memref<32x32xf16>, %i: index) {
  %cst = arith.constant 1.0 : f16
  %a = gpu.subgroup_mma_load_matrix %A[%i, %i] {leadDimension = 32 : index} : memref<32x32xf16> -> !gpu.mma_matrix<16x16xf16, "AOp">
  %b = gpu.subgroup_mma_load_matrix %B[%i, %i] {leadDimension = 32 : index, transpose} : memref<32x32xf16> -> !gpu.mma_matrix<16x16xf16, "BOp">
  %c = gpu.subgroup_mma_constant_matrix %cst : !gpu.mma_matrix<16x16xf16, "COp">
  %d = gpu.subgroup_mma_compute %a, %b, %c {a_transpose} : !gpu.mma_matrix<16x16xf16, "AOp">, !gpu.mma_matrix<16x16xf16, "BOp"> -> !gpu.mma_matrix<16x16xf16, "COp">
  %e = gpu.subgroup_mma_elementwise addf %d, %c : (!gpu.mma_matrix<16x16xf16, "COp">, !gpu.mma_matrix<16x16xf16, "COp">) -> !gpu.mma_matrix<16x16xf16, "COp">
  gpu.subgroup_mma_store_matrix %e, %C[%i, %i] {leadDimension = 32 : index} : !gpu.mma_matrix<16x16xf16, "COp">, memref<32x32xf16>
  return
}
