llvm.mlir.global external @g0(42 : i32) {addr_space = 0 : i32} : i32
llvm.mlir.global internal constant @str("hello\00") {addr_space = 0 : i32, alignment = 8 : i64, dso_local} : !llvm.array<6 x i8>
llvm.mlir.global private unnamed_addr constant @c(dense<[1.0, 2.0]> : tensor<2xf32>) : !llvm.array<2 x f32>
llvm.mlir.global linkonce_odr hidden thread_local local_unnamed_addr @t() : i64
llvm.mlir.global external @init() : !llvm.struct<(i32, ptr)> {
  %0 = llvm.mlir.undef : !llvm.struct<(i32, ptr)>
  llvm.return %0 : !llvm.struct<(i32, ptr)>
}
llvm.mlir.global external @sp() {addr_space = 3 : i32} : !llvm.array<16 x f32>
llvm.func @decl(!llvm.ptr {llvm.noalias}, i64, ...) -> (i32 {llvm.signext}) attributes {frame_pointer = #llvm.framePointerKind<all>}
llvm.func internal fastcc @f(%arg0: i32, %arg1: !llvm.ptr {llvm.align = 16 : i64}) -> i32 attributes {passthrough = ["nounwind", ["a", "b"]], dso_local} {
  %0 = llvm.mlir.constant(1 : i64) : i64
  %v4 = llvm.mlir.constant(dense<1> : vector<4xi32>) : vector<4xi32>
  %1 = llvm.alloca %0 x i32 {alignment = 4 : i64} : (i64) -> !llvm.ptr
  %p = llvm.alloca inalloca %0 x !llvm.array<4 x f32> : (i64) -> !llvm.ptr<5>
  llvm.store %arg0, %1 : i32, !llvm.ptr
  llvm.store volatile %arg0, %1 {alignment = 4 : i64} : i32, !llvm.ptr
  llvm.store %arg0, %1 atomic syncscope("agent") release {alignment = 4 : i64} : i32, !llvm.ptr
  %2 = llvm.load %1 : !llvm.ptr -> i32
  %3 = llvm.load volatile %1 atomic seq_cst {alignment = 4 : i64} : !llvm.ptr -> i32
  %4 = llvm.load %1 invariant {alignment = 4 : i64, nontemporal} : !llvm.ptr -> i32
  %5 = llvm.load %1 dereferenceable<bytes = 8> : !llvm.ptr -> !llvm.ptr
  %6 = llvm.getelementptr %arg1[%arg0] : (!llvm.ptr, i32) -> !llvm.ptr, f32
  %7 = llvm.getelementptr inbounds %arg1[0, %arg0, 1] : (!llvm.ptr, i32) -> !llvm.ptr, !llvm.array<4 x struct<(i32, f32)>>
  %8 = llvm.getelementptr inbounds|nuw %arg1[%0] : (!llvm.ptr, i64) -> !llvm.ptr, i8
  %9 = llvm.getelementptr nusw %arg1[%0] : (!llvm.ptr, i64) -> !llvm.ptr, i8
  %10 = llvm.call @decl(%1, %0, %arg0) vararg(!llvm.func<i32 (ptr, i64, ...)>) : (!llvm.ptr, i64, i32) -> i32
  %11 = llvm.call fastcc @f(%2, %1) {fastmathFlags = #llvm.fastmath<fast>} : (i32, !llvm.ptr) -> i32
  %12 = llvm.call tail %arg1(%2) : !llvm.ptr, (i32) -> i32
  llvm.call @v() : () -> ()
  %13 = llvm.call_intrinsic "llvm.vector.reduce.add"(%v4) : (vector<4xi32>) -> i32
  llvm.call_intrinsic "llvm.donothing"() : () -> ()
  %14 = llvm.extractelement %v4[%arg0 : i32] : vector<4xi32>
  %15 = llvm.insertelement %arg0, %v4[%0 : i64] : vector<4xi32>
  %16 = llvm.shufflevector %v4, %v4 [0, 5, 1, -1] : vector<4xi32>
  %17 = llvm.mlir.undef : !llvm.struct<"foo", (i32, struct<packed (i8, i64)>)>
  %18 = llvm.insertvalue %arg0, %17[0] : !llvm.struct<"foo", (i32, struct<packed (i8, i64)>)>
  %19 = llvm.extractvalue %18[1, 1] : !llvm.struct<"foo", (i32, struct<packed (i8, i64)>)>
  %20 = llvm.mlir.zero : !llvm.ptr
  %21 = llvm.mlir.poison : f32
  %22 = llvm.mlir.addressof @g0 : !llvm.ptr
  %23 = llvm.freeze %21 : f32
  %24 = llvm.add %arg0, %arg0 overflow<nsw, nuw> : i32
  %25 = llvm.add %arg0, %arg0 : i32
  %26 = llvm.udiv exact %arg0, %arg0 : i32
  %27 = llvm.or disjoint %arg0, %arg0 : i32
  %28 = llvm.shl %arg0, %arg0 overflow<nsw> : i32
  %29 = llvm.lshr %arg0, %arg0 : i32
  %30 = llvm.fadd %21, %21 {fastmathFlags = #llvm.fastmath<nnan, ninf>} : f32
  %31 = llvm.fneg %21 : f32
  %32 = llvm.icmp "slt" %arg0, %24 : i32
  %33 = llvm.fcmp "oeq" %21, %21 {fastmathFlags = #llvm.fastmath<fast>} : f32
  %34 = llvm.select %32, %arg0, %24 : i1, i32
  %35 = llvm.select %32, %21, %21 {fastmathFlags = #llvm.fastmath<nnan>} : i1, f32
  %36 = llvm.zext nneg %arg0 : i32 to i64
  %37 = llvm.trunc %36 overflow<nsw> : i64 to i32
  %38 = llvm.sext %arg0 : i32 to i64
  %39 = llvm.uitofp nneg %arg0 : i32 to f32
  %40 = llvm.bitcast %21 : f32 to i32
  %41 = llvm.ptrtoint %1 : !llvm.ptr to i64
  %42 = llvm.addrspacecast %1 : !llvm.ptr to !llvm.ptr<3>
  %43 = llvm.atomicrmw add %1, %arg0 acq_rel : !llvm.ptr, i32
  %44 = llvm.atomicrmw volatile fadd %1, %21 syncscope("wave") monotonic {alignment = 4 : i64} : !llvm.ptr, f32
  %45 = llvm.cmpxchg %1, %arg0, %24 acq_rel monotonic : !llvm.ptr, i32
  %46 = llvm.cmpxchg weak volatile %1, %arg0, %24 syncscope("x") seq_cst acquire {alignment = 8 : i64} : !llvm.ptr, i32
  llvm.fence syncscope("agent") seq_cst
  llvm.fence release
  %47 = llvm.inline_asm has_side_effects asm_dialect = intel "mov $0, $1", "=r,r" %arg0 : (i32) -> i32
  llvm.inline_asm "nop", "" : () -> ()
  %48 = llvm.fpext %21 : f32 to f64
  llvm.switch %arg0 : i32, ^bb1 [
    0: ^bb2(%24 : i32),
    -5: ^bb1
  ]
^bb1:
  llvm.switch %arg0 : i32, ^bb3(%0 : i64) [
  ]
^bb2(%x: i32):
  llvm.cond_br %32 weights([1, 2]), ^bb1, ^bb3(%0 : i64)
^bb3(%y: i64):
  llvm.cond_br %32, ^bb2(%24 : i32), ^bb4
^bb4:
    llvm.br ^bb2(%24 : i32)
^bb5:
  llvm.unreachable
^bb6:
  llvm.return %arg0 : i32
}
llvm.func @v() {
  llvm.return
}
