// PASSES: convert-arith-to-llvm,convert-func-to-llvm,finalize-memref-to-llvm,reconcile-unrealized-casts
func.func @f(%a: i32, %b: i32, %v: vector<2x3xf32>, %i: index) -> (i32, vector<2x3xf32>) attributes {llvm.emit_c_interface} {
  %0 = arith.ceildivsi %a, %b : i32
  %1 = arith.floordivsi %0, %b : i32
  %2, %o = arith.addui_extended %1, %a : i32, i1
  %lo, %hi = arith.mulsi_extended %2, %a : i32
  %3 = arith.addf %v, %v fastmath<fast> : vector<2x3xf32>
  %4 = arith.index_cast %i : index to i32
  %5 = arith.cmpi slt, %4, %lo : i32
  %6 = arith.select %5, %4, %hi : i32
  %7 = math.exp %3 : vector<2x3xf32>
  %8 = math.erf %7 : vector<2x3xf32>
  %m = memref.alloc(%i) {alignment = 64} : memref<?x4xf32>
  %c = arith.constant 1.0 : f32
  memref.store %c, %m[%i, %i] : memref<?x4xf32>
  %g = func.call @g(%m, %a) : (memref<?x4xf32>, i32) -> memref<?x4xf32>
  return %6, %8 : i32, vector<2x3xf32>
}
func.func @g(%m : memref<?x4xf32> {llvm.noalias}, %a: i32) -> memref<?x4xf32> {
  return %m : memref<?x4xf32>
}
func.func private @h(%m : memref<*xf32>, %a: i32) -> memref<*xf32> attributes {llvm.emit_c_interface}
