func.func @chain(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = arith.addf %a, %b : tensor<4x8xf32>
  %1 = arith.mulf %0, %0 : tensor<4x8xf32>
  %2 = math.exp %1 : tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}
// -----
func.func @shared(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %0 = arith.addf %a, %b : tensor<4x8xf32>
  %1 = arith.mulf %0, %a : tensor<4x8xf32>
  %2 = math.exp %0 : tensor<4x8xf32>
  return %2, %1 : tensor<4x8xf32>, tensor<4x8xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
#tr = affine_map<(d0, d1) -> (d1, d0)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @transposed_reduced(%a: tensor<4x8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8x4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #tr], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<4x8xf32>)
      outs(%e : tensor<8x4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %i = linalg.index 0 : index
    %i2 = arith.index_cast %i : index to i32
    %i3 = arith.sitofp %i2 : i32 to f32
    %m = arith.mulf %x, %i3 : f32
    linalg.yield %m : f32
  } -> tensor<8x4xf32>
  %z = arith.constant 0.0 : f32
  %f = tensor.empty() : tensor<8xf32>
  %g = linalg.fill ins(%z : f32)
      outs(%f : tensor<8xf32>) -> tensor<8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<8x4xf32>)
      outs(%g : tensor<8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %m = arith.addf %x, %o : f32
    linalg.yield %m : f32
  } -> tensor<8xf32>
  return %1 : tensor<8xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @constants(%a: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %c = arith.constant dense<2.0> : tensor<8xf32>
  %k = arith.constant 3.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%n) : tensor<?x8xf32>
  %f = linalg.fill ins(%k : f32)
      outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, affine_map<(d0, d1) -> (d1)>, #id, affine_map<(d0, d1) -> ()>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %c, %f, %k : tensor<?x8xf32>, tensor<8xf32>, tensor<?x8xf32>, f32)
      outs(%a : tensor<?x8xf32>) {
  ^bb0(%x: f32, %y: f32, %w: f32, %v: f32, %o: f32):
    %m = arith.addf %x, %y : f32
    %m2 = arith.addf %w, %m : f32
    %m3 = arith.addf %v, %m2 : f32
    linalg.yield %m3 : f32
  } -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @results(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %0:3 = linalg.generic {indexing_maps = [#id, #id, #id, #id, #id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b, %a, %e: tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
      outs(%e, %e, %b : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) {
  ^bb0(%x: f32, %y: f32, %w: f32, %n: f32, %o: f32, %o2: f32, %o3: f32):
    %m = arith.addf %x, %y : f32
    %m2 = arith.addf %w, %m : f32
    %m3 = arith.addf %o3, %m2 : f32
    linalg.yield %m2, %m2, %m3 : f32, f32, f32
  } -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
  %1 = arith.addf %0#0, %0#1 : tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @inits(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a: tensor<4x8xf32>)
      outs(%b : tensor<4x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %m = arith.subf %x, %o : f32
    linalg.yield %m : f32
  } -> (tensor<4x8xf32>)
  %1 = arith.addf %0, %a : tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}
// -----
func.func @through_collapse(%a: tensor<4x8xf32>, %b: tensor<32xf32>) -> tensor<32xf32> {
  %0 = math.exp %a : tensor<4x8xf32>
  %1 = tensor.collapse_shape %0 [[0, 1]] : tensor<4x8xf32> into tensor<32xf32>
  %2 = arith.addf %1, %b : tensor<32xf32>
  return %2 : tensor<32xf32>
}
// -----
func.func @through_expand(%a: tensor<32xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = math.exp %a : tensor<32xf32>
  %1 = tensor.expand_shape %0 [[0, 1]] output_shape [4, 8] : tensor<32xf32> into tensor<4x8xf32>
  %2 = arith.addf %1, %b : tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}
// -----
func.func @dynamic(%a: tensor<?x8xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %0 = math.exp %a : tensor<?x8xf32>
  %1 = tensor.collapse_shape %0 [[0, 1]] : tensor<?x8xf32> into tensor<?xf32>
  %2 = arith.addf %1, %b : tensor<?xf32>
  return %2 : tensor<?xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @reduced(%a: tensor<3x4x8xf32>, %f: tensor<3xf32>) -> tensor<3xf32> {
  %0 = math.exp %a : tensor<3x4x8xf32>
  %1 = tensor.collapse_shape %0 [[0], [1, 2]] : tensor<3x4x8xf32> into tensor<3x32xf32>
  %2 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%1 : tensor<3x32xf32>)
      outs(%f : tensor<3xf32>) {
  ^bb0(%x: f32, %o: f32):
    %m = arith.addf %x, %o : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %2 : tensor<3xf32>
}
// -----
#id1 = affine_map<(d0) -> (d0)>
func.func @positions(%a: tensor<4x8xf32>) -> tensor<32xf32> {
  %1 = tensor.collapse_shape %a [[0, 1]] : tensor<4x8xf32> into tensor<32xf32>
  %e = tensor.empty() : tensor<32xf32>
  %2 = linalg.generic {indexing_maps = [#id1, #id1], iterator_types = ["parallel"]}
      ins(%1 : tensor<32xf32>)
      outs(%e : tensor<32xf32>) {
  ^bb0(%x: f32, %o: f32):
    %i = linalg.index 0 : index
    %i2 = arith.index_cast %i : index to i32
    %i3 = arith.sitofp %i2 : i32 to f32
    %m = arith.mulf %x, %i3 : f32
    linalg.yield %m : f32
  } -> tensor<32xf32>
  return %2 : tensor<32xf32>
}
// -----
#id1 = affine_map<(d0) -> (d0)>
func.func @window(%a: tensor<10xf32>, %k: tensor<3xf32>, %f: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<10xf32>
  %1 = linalg.generic {indexing_maps = [#id1, #id1], iterator_types = ["parallel"]}
      ins(%a : tensor<10xf32>)
      outs(%e : tensor<10xf32>) {
  ^bb0(%x: f32, %o: f32):
    %i = linalg.index 0 : index
    %i2 = arith.index_cast %i : index to i32
    %i3 = arith.sitofp %i2 : i32 to f32
    %m = arith.mulf %x, %i3 : f32
    linalg.yield %m : f32
  } -> tensor<10xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0 + d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%1, %k : tensor<10xf32>, tensor<3xf32>)
      outs(%f : tensor<8xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %m = arith.mulf %x, %y : f32
    %p = arith.addf %m, %o : f32
    linalg.yield %p : f32
  } -> tensor<8xf32>
  return %2 : tensor<8xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @broadcast(%a: tensor<4xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = math.exp %a : tensor<4xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %b : tensor<4xf32>, tensor<4x8xf32>)
      outs(%e : tensor<4x8xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %m = arith.mulf %x, %y : f32
    linalg.yield %m : f32
  } -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @extent_lost(%a: f32, %f: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8x4xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> ()>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : f32)
      outs(%e : tensor<8x4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %m = math.exp %x : f32
    linalg.yield %m : f32
  } -> tensor<8x4xf32>
  %1 = linalg.generic {indexing_maps = [#id, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<8x4xf32>)
      outs(%f : tensor<8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %m = arith.addf %x, %o : f32
    linalg.yield %m : f32
  } -> tensor<8xf32>
  return %1 : tensor<8xf32>
}
// -----
func.func @into_matmul(%a: tensor<4x8xf32>, %b: tensor<8x5xf32>, %c: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %0 = arith.negf %a : tensor<4x8xf32>
  %1 = linalg.matmul ins(%0, %b : tensor<4x8xf32>, tensor<8x5xf32>)
      outs(%c : tensor<4x5xf32>) -> tensor<4x5xf32>
  %2 = arith.negf %1 : tensor<4x5xf32>
  %3 = math.absf %2 : tensor<4x5xf32>
  return %3 : tensor<4x5xf32>
}
// -----
func.func @integers(%a: tensor<?x8xi32>, %b: i32) -> tensor<?x8xi1> {
  %c = arith.constant dense<7> : tensor<8xi32>
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?x8xi32>
  %s = tensor.splat %b[%n] : tensor<?x8xi32>
  %0 = arith.addi %a, %s : tensor<?x8xi32>
  %1 = arith.cmpi slt, %0, %a : tensor<?x8xi32>
  return %1 : tensor<?x8xi1>
}
// -----
#id1 = affine_map<(d0) -> (d0)>
func.func @dead_sum(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  %0:2 = linalg.generic {indexing_maps = [#id1, #id1, #id1], iterator_types = ["parallel"]}
      ins(%a : tensor<8xf32>)
      outs(%b, %a : tensor<8xf32>, tensor<8xf32>) {
  ^bb0(%x: f32, %o: f32, %o2: f32):
    %m = arith.addf %x, %o : f32
    %m2 = arith.mulf %x, %o2 : f32
    linalg.yield %m, %m2 : f32, f32
  } -> (tensor<8xf32>, tensor<8xf32>)
  return %0#0 : tensor<8xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @collapse_between(%a: tensor<2x3x4xf32>, %b: tensor<6x4xf32>) -> tensor<4x6xf32> {
  %0 = math.exp %a : tensor<2x3x4xf32>
  %1 = tensor.collapse_shape %0 [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
  %e = tensor.empty() : tensor<4x6xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, affine_map<(d0, d1) -> (d1, d0)>], iterator_types = ["parallel", "parallel"]}
      ins(%1, %b : tensor<6x4xf32>, tensor<6x4xf32>)
      outs(%e : tensor<4x6xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %m = arith.subf %x, %y : f32
    linalg.yield %m : f32
  } -> tensor<4x6xf32>
  return %2 : tensor<4x6xf32>
}
// -----
func.func @split_dynamic(%a: tensor<?xf32>, %n: index, %b: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = math.exp %a : tensor<?xf32>
  %1 = tensor.expand_shape %0 [[0, 1]] output_shape [%n, 4] : tensor<?xf32> into tensor<?x4xf32>
  %2 = arith.addf %1, %b : tensor<?x4xf32>
  return %2 : tensor<?x4xf32>
}
// -----
#id = affine_map<(d0, d1) -> (d0, d1)>
#id1 = affine_map<(d0) -> (d0)>
func.func @update_broadcast(%a: tensor<4xf32>, %o: tensor<4xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = linalg.generic {indexing_maps = [#id1, #id1], iterator_types = ["parallel"]}
      ins(%a : tensor<4xf32>)
      outs(%o : tensor<4xf32>) {
  ^bb0(%x: f32, %y: f32):
    %m = arith.addf %x, %y : f32
    linalg.yield %m : f32
  } -> tensor<4xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %b : tensor<4xf32>, tensor<4x8xf32>)
      outs(%e : tensor<4x8xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %m = arith.mulf %x, %y : f32
    linalg.yield %m : f32
  } -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}
