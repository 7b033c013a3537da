// PASSES: convert-func-to-llvm{use-bare-ptr-memref-call-conv=true}
func.func @bf(%m: memref<4xf32>, %i: index) -> (f32, memref<4xf32>) {
  %0 = memref.load %m[%i] : memref<4xf32>
  return %0, %m : f32, memref<4xf32>
}
func.func @k(%m: memref<4xf32>, %i: index) -> f32 {
  %r:2 = call @bf(%m, %i) : (memref<4xf32>, index) -> (f32, memref<4xf32>)
  return %r#0 : f32
}
func.func @cx(%a: complex<f32>, %t: vector<[4]xf32>, %u: f8E5M2, %s: memref<2xvector<4xf32>>) -> complex<f32> {
  return %a : complex<f32>
}
