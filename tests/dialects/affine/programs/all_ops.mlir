#map = affine_map<(d0)[s0] -> (d0 + s0, d0 * 2)>
#set = affine_set<(d0)[s0] : (d0 - 1 >= 0, s0 - d0 >= 0)>
func.func @for(%n: index, %m: index, %a: memref<100x100xf32>, %v: f32) -> f32 {
  affine.for %i = 0 to 10 {
  }
  affine.for %i = -3 to %n step 2 {
    affine.for %j = affine_map<(d0) -> (d0)>(%i) to affine_map<(d0)[s0] -> (d0 + s0)>(%i)[%n] {
      affine.for %k = max #map(%i)[%n] to min affine_map<(d0)[s0] -> (d0 + s0, 3)>(%i)[%n] {
      } {tag}
    }
  }
  affine.for %i = max affine_map<()[s0] -> (s0, 1)>()[%n] to 7 {
    affine.for %j = affine_map<(d0) -> (d0 + 1)>(%i) to affine_map<()[s0] -> (s0)>()[%n] {
    }
    affine.for %j = affine_map<(d0) -> (d0)>(%i) to affine_map<() -> (8)>() {
    }
  }
  %r = affine.for %i = 0 to %n iter_args(%x = %v) -> (f32) {
    affine.yield %x : f32
  }
  %s:2 = affine.for %i = 0 to 10 step 3 iter_args(%x = %v, %y = %n) -> (f32, index) {
    affine.yield %x, %y : f32, index
  } {foo = 1 : i32}
  return %r : f32
}
func.func @if(%n: index, %v: f32) {
  affine.for %i = 0 to 10 {
    affine.if #set(%i)[%n] {
    }
    affine.if affine_set<(d0) : (d0 == 0)>(%i) {
      "test.x"() : () -> ()
    } else {
      "test.y"() : () -> ()
    } {tag}
    %r = affine.if affine_set<()[s0] : (s0 >= 0)>()[%n] -> f32 {
      affine.yield %v : f32
    } else {
      affine.yield %v : f32
    }
    %q:2 = affine.if affine_set<() : (1 == 0)>() -> (f32, f32) {
      affine.yield %v, %v : f32, f32
    } else {
      affine.yield %v, %v : f32, f32
    }
  }
  return
}
func.func @apply(%n: index, %m: index) {
  affine.for %i = 0 to 10 {
    %0 = affine.apply affine_map<(d0)[s0] -> (d0 + s0 * 2)>(%i)[%n]
    %1 = affine.apply affine_map<() -> (42)>()
    %2 = affine.max affine_map<(d0)[s0] -> (d0, s0, 3)>(%i)[%n]
    %3 = affine.min affine_map<(d0) -> (d0)>(%i)
    %4 = affine.min affine_map<()[s0] -> (s0, 4)>()[%n] {foo}
    %5 = affine.apply affine_map<(d0, d1) -> (d0 mod 3 + d1 ceildiv 2)>(%i, %i) {foo}
  }
  return
}
func.func @mem(%n: index, %a: memref<100x100xf32>, %b: memref<f32>, %v: vector<4xf32>) {
  affine.for %i = 0 to 10 {
    %0 = affine.load %a[%i + 3, %i * 2 + symbol(%n)] : memref<100x100xf32>
    affine.store %0, %a[%i, 7] : memref<100x100xf32>
    %1 = affine.load %b[] : memref<f32>
    affine.store %1, %b[] {foo} : memref<f32>
    %2 = affine.vector_load %a[%i floordiv 2, %i mod 4] : memref<100x100xf32>, vector<4xf32>
    affine.vector_store %2, %a[-%i + 10, symbol(%n)] : memref<100x100xf32>, vector<4xf32>
    affine.prefetch %a[%i, %i + 5], read, locality<3>, data : memref<100x100xf32>
    affine.prefetch %a[%i, %i + 5], write, locality<0>, instr : memref<100x100xf32>
    %3 = affine.load %a[symbol(%n), symbol(%n) + %i] {bar = 1 : i32} : memref<100x100xf32>
  }
  return
}
func.func @par(%n: index, %m: memref<100xf32>) {
  affine.parallel (%i, %j) = (0, 0) to (10, symbol(%n)) {
  }
  affine.parallel (%i) = (max(0, symbol(%n))) to (min(100, symbol(%n) + 2)) step (2) {
    affine.parallel (%j) = (%i) to (%i + 10) {
    } {tag}
  }
  %r = affine.parallel (%i) = (0) to (100) reduce ("addf") -> f32 {
    %0 = affine.load %m[%i] : memref<100xf32>
    affine.yield %0 : f32
  }
  %s:2 = affine.parallel (%i, %j) = (0, 1) to (100, 3) step (5, 1) reduce ("addf", "maximumf") -> (f32, f32) {
    %0 = affine.load %m[%i] : memref<100xf32>
    affine.yield %0, %0 : f32, f32
  }
  affine.parallel () = () to () {
  }
  return
}
func.func @lin(%n: index, %m: index) {
  %0:3 = affine.delinearize_index %n into (%m, 4, 5) : index, index, index
  %1:3 = affine.delinearize_index %n into (4, 5) : index, index, index
  %2 = affine.linearize_index [%n, %m, %n] by (2, %m, 3) : index
  %3 = affine.linearize_index disjoint [%n, %m] by (3) {foo} : index
  %4 = affine.delinearize_index %n into () {foo} : index
  return
}
