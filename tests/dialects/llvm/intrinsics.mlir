llvm.func @f(%f: f32, %v: vector<4xf32>, %i: i32, %vi: vector<4xi32>, %p: !llvm.ptr, %n: i64, %m: vector<4xi1>, %ps: vector<4x!llvm.ptr>, %b: i1, %v8: vector<8xf32>) {
  %1 = llvm.intr.fma(%f, %f, %f) : (f32, f32, f32) -> f32
  %2 = llvm.intr.fmuladd(%f, %f, %f) {fastmathFlags = #llvm.fastmath<fast>} : (f32, f32, f32) -> f32
  %3 = llvm.intr.exp(%v) : (vector<4xf32>) -> vector<4xf32>
  %4 = llvm.intr.pow(%f, %f) : (f32, f32) -> f32
  %5 = llvm.intr.powi(%f, %i) : (f32, i32) -> f32
  %7 = "llvm.intr.ctlz"(%i) <{is_zero_poison = true}> : (i32) -> i32
  %8 = "llvm.intr.cttz"(%i) <{is_zero_poison = false}> : (i32) -> i32
  %9 = llvm.intr.ctpop(%i) : (i32) -> i32
  "llvm.intr.memcpy"(%p, %p, %n) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
  "llvm.intr.memmove"(%p, %p, %n) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
  %c = llvm.mlir.constant(0 : i8) : i8
  "llvm.intr.memset"(%p, %c, %n) <{isVolatile = false}> : (!llvm.ptr, i8, i64) -> ()
  "llvm.intr.memcpy.inline"(%p, %p) <{isVolatile = false, len = 8 : i64}> : (!llvm.ptr, !llvm.ptr) -> ()
  %10 = "llvm.intr.sadd.with.overflow"(%i, %i) : (i32, i32) -> !llvm.struct<(i32, i1)>
  %11 = "llvm.intr.umul.with.overflow"(%vi, %vi) : (vector<4xi32>, vector<4xi32>) -> !llvm.struct<(vector<4xi32>, vector<4xi1>)>
  %12 = "llvm.intr.vector.reduce.add"(%vi) : (vector<4xi32>) -> i32
  %13 = "llvm.intr.vector.reduce.fadd"(%f, %v) <{fastmathFlags = #llvm.fastmath<reassoc>}> : (f32, vector<4xf32>) -> f32
  %14 = "llvm.intr.vector.reduce.fmax"(%v) <{fastmathFlags = #llvm.fastmath<none>}> : (vector<4xf32>) -> f32
  %15 = llvm.intr.masked.load %p, %m, %v {alignment = 4 : i32} : (!llvm.ptr, vector<4xi1>, vector<4xf32>) -> vector<4xf32>
  %16 = llvm.intr.masked.load %p, %m {alignment = 4 : i32} : (!llvm.ptr, vector<4xi1>) -> vector<4xf32>
  llvm.intr.masked.store %v, %p, %m {alignment = 4 : i32} : vector<4xf32>, vector<4xi1> into !llvm.ptr
  %17 = llvm.intr.masked.gather %ps, %m {alignment = 1 : i32} : (vector<4x!llvm.ptr>, vector<4xi1>) -> vector<4xf32>
  %18 = llvm.intr.masked.gather %ps, %m, %v {alignment = 1 : i32} : (vector<4x!llvm.ptr>, vector<4xi1>, vector<4xf32>) -> vector<4xf32>
  llvm.intr.masked.scatter %v, %ps, %m {alignment = 1 : i32} : vector<4xf32>, vector<4xi1> into vector<4x!llvm.ptr>
  %19 = "llvm.intr.masked.expandload"(%p, %m, %v) : (!llvm.ptr, vector<4xi1>, vector<4xf32>) -> vector<4xf32>
  "llvm.intr.masked.compressstore"(%v, %p, %m) : (vector<4xf32>, !llvm.ptr, vector<4xi1>) -> ()
  %20 = llvm.intr.stacksave : !llvm.ptr
  llvm.intr.stackrestore %20 : !llvm.ptr
  llvm.intr.lifetime.start %p : !llvm.ptr
  llvm.intr.lifetime.end %p : !llvm.ptr
  llvm.intr.assume %b : i1
  llvm.intr.assume %b ["align"(%p, %n : !llvm.ptr, i64)] : i1
  %21 = "llvm.intr.is.fpclass"(%f) <{bit = 3 : i32}> : (f32) -> i1
  %22 = llvm.intr.vector.insert %v, %v8[4] : vector<4xf32> into vector<8xf32>
  %23 = llvm.intr.vector.extract %v8[0] : vector<4xf32> from vector<8xf32>
  %25 = "llvm.intr.vector.deinterleave2"(%v8) : (vector<8xf32>) -> !llvm.struct<(vector<4xf32>, vector<4xf32>)>
  %26 = llvm.intr.matrix.multiply %v, %v {lhs_rows = 2 : i32, lhs_columns = 2 : i32, rhs_columns = 2 : i32} : (vector<4xf32>, vector<4xf32>) -> vector<4xf32>
  %27 = llvm.intr.matrix.transpose %v {rows = 2 : i32, columns = 2 : i32} : vector<4xf32> into vector<4xf32>
  %28 = "llvm.intr.get.active.lane.mask"(%n, %n) : (i64, i64) -> vector<4xi1>
  %29 = "llvm.intr.vscale"() : () -> i64
  %30 = llvm.intr.stepvector : vector<4xi32>
  %31 = llvm.intr.expect %b, %b : i1
  %32 = llvm.intr.fshl(%i, %i, %i) : (i32, i32, i32) -> i32
  %33 = llvm.intr.sadd.sat(%i, %i) : (i32, i32) -> i32
  %35 = llvm.intr.frexp(%f) : (f32) -> !llvm.struct<(f32, i32)>
  %36 = llvm.intr.sincos(%f) : (f32) -> !llvm.struct<(f32, f32)>
  "llvm.intr.debugtrap"() : () -> ()
  "llvm.intr.prefetch"(%p) <{cache = 1 : i32, hint = 3 : i32, rw = 0 : i32}> : (!llvm.ptr) -> ()
  %37 = llvm.intr.lround(%f) : (f32) -> i64
  %38 = llvm.intr.copysign(%f, %f) : (f32, f32) -> f32
  %39 = llvm.intr.ldexp(%f, %i) : (f32, i32) -> f32
  %40 = llvm.intr.smax(%i, %i) : (i32, i32) -> i32
  %41 = "llvm.intr.ptrmask"(%p, %n) : (!llvm.ptr, i64) -> !llvm.ptr
  llvm.return
}
