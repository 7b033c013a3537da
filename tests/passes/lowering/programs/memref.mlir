// Descriptors: views, casts, sizes, copies, atomics, unranked memrefs as results.
memref.global "private" constant @table : memref<2x3xi32> = dense<[[1, 2, 3], [4, 5, 6]]>
memref.global "private" @one : memref<i32> = dense<7>
func.func @widen(%m: memref<2x3xi32>) -> (memref<*xi32>, index) {
  %u = memref.cast %m : memref<2x3xi32> to memref<*xi32>
  %r = memref.rank %u : memref<*xi32>
  return %u, %r : memref<*xi32>, index
}
func.func @show(%m: memref<?x?xi32, strided<[?, ?], offset: ?>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %d0 = memref.dim %m, %c0 : memref<?x?xi32, strided<[?, ?], offset: ?>>
  %d1 = memref.dim %m, %c1 : memref<?x?xi32, strided<[?, ?], offset: ?>>
  cf.br ^outer(%c0 : index)
^outer(%i: index):
  %more = arith.cmpi slt, %i, %d0 : index
  cf.cond_br %more, ^inner(%c0 : index), ^done
^inner(%j: index):
  %also = arith.cmpi slt, %j, %d1 : index
  cf.cond_br %also, ^body, ^next
^body:
  %x = memref.load %m[%i, %j] : memref<?x?xi32, strided<[?, ?], offset: ?>>
  vector.print %x : i32
  %j1 = arith.addi %j, %c1 : index
  cf.br ^inner(%j1 : index)
^next:
  %i1 = arith.addi %i, %c1 : index
  cf.br ^outer(%i1 : index)
^done:
  return
}
func.func @main() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %t = memref.get_global @table : memref<2x3xi32>
  %a = memref.alloc(%c2, %c3) : memref<?x?xi32>
  %s = memref.cast %a : memref<?x?xi32> to memref<2x3xi32>
  memref.copy %t, %s : memref<2x3xi32> to memref<2x3xi32>
  %u, %r = call @widen(%s) : (memref<2x3xi32>) -> (memref<*xi32>, index)
  vector.print %r : index
  %du = memref.dim %u, %c1 : memref<*xi32>
  vector.print %du : index
  %back = memref.cast %u : memref<*xi32> to memref<?x?xi32>
  %tr = memref.transpose %s (i, j) -> (j, i) : memref<2x3xi32> to memref<3x2xi32, strided<[1, 3]>>
  %trc = memref.cast %tr : memref<3x2xi32, strided<[1, 3]>> to memref<?x?xi32, strided<[?, ?], offset: ?>>
  call @show(%trc) : (memref<?x?xi32, strided<[?, ?], offset: ?>>) -> ()
  %rc = memref.reinterpret_cast %back to offset: [%c1], sizes: [2, %c2], strides: [%c3, 1] : memref<?x?xi32> to memref<2x?xi32, strided<[?, 1], offset: ?>>
  %rcc = memref.cast %rc : memref<2x?xi32, strided<[?, 1], offset: ?>> to memref<?x?xi32, strided<[?, ?], offset: ?>>
  call @show(%rcc) : (memref<?x?xi32, strided<[?, ?], offset: ?>>) -> ()
  %small = memref.alloca() : memref<2x2xi32>
  %from = memref.cast %rc : memref<2x?xi32, strided<[?, 1], offset: ?>> to memref<2x2xi32, strided<[?, 1], offset: ?>>
  memref.copy %from, %small : memref<2x2xi32, strided<[?, 1], offset: ?>> to memref<2x2xi32>
  %smallc = memref.cast %small : memref<2x2xi32> to memref<?x?xi32, strided<[?, ?], offset: ?>>
  call @show(%smallc) : (memref<?x?xi32, strided<[?, ?], offset: ?>>) -> ()
  %base, %off, %sz:2, %st:2 = memref.extract_strided_metadata %rc : memref<2x?xi32, strided<[?, 1], offset: ?>> -> memref<i32>, index, index, index, index, index
  vector.print %off : index
  vector.print %sz#1 : index
  vector.print %st#0 : index
  %bytes = memref.alloc() : memref<64xi8>
  %view = memref.view %bytes[%c2][%c3] : memref<64xi8> to memref<?x2xi32>
  %k = arith.constant 41 : i32
  memref.store %k, %view[%c2, %c1] : memref<?x2xi32>
  %viewed = memref.load %view[%c2, %c1] : memref<?x2xi32>
  vector.print %viewed : i32
  %shape = memref.alloc() : memref<2xindex>
  memref.store %c3, %shape[%c0] : memref<2xindex>
  memref.store %c2, %shape[%c1] : memref<2xindex>
  %re = memref.reshape %s(%shape) : (memref<2x3xi32>, memref<2xindex>) -> memref<?x?xi32>
  %rec = memref.cast %re : memref<?x?xi32> to memref<?x?xi32, strided<[?, ?], offset: ?>>
  call @show(%rec) : (memref<?x?xi32, strided<[?, ?], offset: ?>>) -> ()
  %old = memref.atomic_rmw addi %k, %s[%c1, %c1] : (i32, memref<2x3xi32>) -> i32
  vector.print %old : i32
  %old2 = memref.atomic_rmw muli %k, %s[%c1, %c2] : (i32, memref<2x3xi32>) -> i32
  vector.print %old2 : i32
  %g = memref.get_global @one : memref<i32>
  %old3 = memref.generic_atomic_rmw %g[] : memref<i32> {
  ^bb0(%cur: i32):
    %new = arith.subi %cur, %k : i32
    memref.atomic_yield %new : i32
  }
  vector.print %old3 : i32
  %now = memref.load %g[] : memref<i32>
  vector.print %now : i32
  %al = memref.assume_alignment %s, 4 : memref<2x3xi32>
  memref.prefetch %al[%c0, %c0], read, locality<3>, data : memref<2x3xi32>
  %e = memref.load %al[%c1, %c1] : memref<2x3xi32>
  vector.print %e : i32
  %e2 = memref.load %al[%c1, %c2] : memref<2x3xi32>
  vector.print %e2 : i32
  memref.dealloc %shape : memref<2xindex>
  memref.dealloc %bytes : memref<64xi8>
  memref.dealloc %a : memref<?x?xi32>
  return
}
