// error: dimensional operand cannot be used as a symbol
func.func @f(%n: index) {
  affine.for %i = 0 to 10 {
    %0 = affine.apply affine_map<()[s0] -> (s0)>()[%i]
  }
  return
}
// -----
// error: operand cannot be used as a dimension id
func.func @f(%n: index, %m: memref<?xindex>) {
  affine.for %i = 0 to 10 {
    %x = memref.load %m[%i] : memref<?xindex>
    %0 = affine.load %m[%x] : memref<?xindex>
  }
  return
}
// -----
// error: mapping must produce one value
func.func @f(%n: index) {
  %0 = "affine.apply"(%n) <{map = affine_map<(d0) -> (d0, d0)>}> : (index) -> index
  return
}
// -----
// error: operand count and affine map dimension and symbol count must match
func.func @f(%n: index) {
  %0 = "affine.apply"(%n) <{map = affine_map<(d0, d1) -> (d0)>}> : (index) -> index
  return
}
// -----
// error: upper loop bound affine map with multiple results requires 'min' prefix
func.func @f(%n: index) {
  affine.for %i = 0 to affine_map<(d0) -> (d0, d0 + 1)>(%n) {
  }
  return
}
// -----
// error: types mismatch between yield op and its parent
func.func @f(%n: index, %x: f32) {
  %r = affine.for %i = 0 to 10 iter_args(%y = %x) -> (f32) {
    affine.yield %n : index
  }
  return
}
// -----
// error: affine map num results must equal memref rank
func.func @f(%n: index, %m: memref<4x4xf32>) {
  %0 = affine.load %m[%n] : memref<4x4xf32>
  return
}
// -----
// error: should return an index for each basis element and up to one extra index
func.func @f(%n: index, %m: memref<4x4xf32>) {
  %0:2 = affine.delinearize_index %n into (1, 2, 3) : index, index
  return
}
// -----
// error: should be passed a basis element for each index except possibly the first
func.func @f(%n: index, %m: memref<4x4xf32>) {
  %0 = affine.linearize_index [%n] by (1, 2, 3) : index
  return
}
// -----
// error: invalid reduction value: "foo"
func.func @f(%n: index, %x: f32) {
  %r = affine.parallel (%i) = (0) to (10) reduce ("foo") -> (f32) {
    affine.yield %x : f32
  }
  return
}
// -----
// error: missing right operand of binary operator
func.func @f(%n: index, %x: f32) {
  %0 = affine.apply affine_map<(d0) -> (d0 +)>(%n)
  return
}
// -----
// error: requires memref and vector types of the same elemental type
func.func @f(%m: memref<4x4xf32>, %i: index) {
  %0 = affine.vector_load %m[%i, %i] : memref<4x4xf32>, vector<4xf64>
  return
}
// -----
// error: dimensional operand cannot be used as a symbol
func.func @f(%n: index) {
  affine.for %i = 0 to 10 {
    %j = affine.apply affine_map<(d0) -> (d0 * 2)>(%i)
    %0 = affine.apply affine_map<()[s0] -> (s0)>()[%j]
  }
  return
}
