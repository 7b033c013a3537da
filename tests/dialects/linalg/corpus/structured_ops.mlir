#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @f(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>, %c: tensor<4x16xf32>, %m: memref<4x8xf32>, %m2: memref<4x8xf32>, %d0: tensor<?x?xf32>, %f: f32) -> tensor<4x16xf32> {
  %g = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<4x8xf32>) outs(%a : tensor<4x8xf32>) attrs = {foo = 1 : i32} {
  ^bb0(%x: f32, %y: f32):
    %i = linalg.index 0 : index
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32>
  linalg.generic {doc = "hello", library_call = "abc", indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%m : memref<4x8xf32>) outs(%m2 : memref<4x8xf32>) {
  ^bb0(%x: f32, %y: f32):
    linalg.yield %x : f32
  }
  %g2:2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} outs(%a, %a : tensor<4x8xf32>, tensor<4x8xf32>) {
  ^bb0(%x: f32, %y: f32):
    linalg.yield %x, %y : f32, f32
  } -> (tensor<4x8xf32>, tensor<4x8xf32>)
  %0 = linalg.matmul {foo = 2} ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  %map = linalg.map { arith.addf } ins(%a, %a : tensor<4x8xf32>, tensor<4x8xf32>) outs(%a : tensor<4x8xf32>)
  %map2 = linalg.map ins(%a, %a : tensor<4x8xf32>, tensor<4x8xf32>) outs(%a : tensor<4x8xf32>) (%x: f32, %y: f32, %z: f32) {
    %q = arith.addf %x, %y : f32
    %r = arith.mulf %q, %y : f32
    linalg.yield %r : f32
  }
  linalg.map { arith.addf {fastmath = #arith.fastmath<fast>} } ins(%m, %m : memref<4x8xf32>, memref<4x8xf32>) outs(%m2 : memref<4x8xf32>)
  %r0 = tensor.empty() : tensor<4xf32>
  %red = linalg.reduce { arith.addf } ins(%a : tensor<4x8xf32>) outs(%r0 : tensor<4xf32>) dimensions = [1] {bar = 3}
  %red2 = linalg.reduce ins(%a : tensor<4x8xf32>) outs(%r0 : tensor<4xf32>) dimensions = [1] (%x: f32, %y: f32) {
    %q = arith.addf %x, %y : f32
    %r = arith.mulf %q, %y : f32
    linalg.yield %r : f32
  }
  %red3:2 = linalg.reduce ins(%a, %a : tensor<4x8xf32>, tensor<4x8xf32>) outs(%r0, %r0 : tensor<4xf32>, tensor<4xf32>) dimensions = [1] (%x: f32, %y: f32, %z: f32, %w : f32) {
    linalg.yield %x, %y : f32, f32
  }
  %t0 = tensor.empty() : tensor<8x4xf32>
  %tr = linalg.transpose ins(%a : tensor<4x8xf32>) outs(%t0 : tensor<8x4xf32>) permutation = [1, 0] {bar = 1}
  linalg.transpose ins(%m : memref<4x8xf32>) outs(%m2 : memref<4x8xf32>) permutation = [0, 1]
  %br = linalg.broadcast ins(%r0 : tensor<4xf32>) outs(%a : tensor<4x8xf32>) dimensions = [1]
  %fi = linalg.fill ins(%f : f32) outs(%a : tensor<4x8xf32>) -> tensor<4x8xf32>
  linalg.fill ins(%f : f32) outs(%m : memref<4x8xf32>)
  %bm = linalg.matmul indexing_maps = [affine_map<(d0, d1, d2) -> (d2, d0)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>] {cast = #linalg.type_fn<cast_unsigned>} ins(%d0, %d0 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%d0 : tensor<?x?xf32>) -> tensor<?x?xf32>
  %ct = linalg.contract indexing_maps = [affine_map<(d0, d1, d2) -> (d2, d0)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>] ins(%d0, %d0 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%d0 : tensor<?x?xf32>) -> tensor<?x?xf32>
  %el = linalg.elementwise kind=#linalg.elementwise_kind<exp> ins(%a : tensor<4x8xf32>) outs(%a : tensor<4x8xf32>) -> tensor<4x8xf32>
  %el2 = linalg.elementwise kind=#linalg.elementwise_kind<add> indexing_maps = [#id, affine_map<(d0, d1) -> (d0)>, #id] {x = 1} ins(%a, %r0 : tensor<4x8xf32>, tensor<4xf32>) outs(%a : tensor<4x8xf32>) -> tensor<4x8xf32>
  %sm = linalg.softmax dimension(1) ins(%a : tensor<4x8xf32>) outs(%a : tensor<4x8xf32>) -> tensor<4x8xf32>
  linalg.softmax dimension(1) ins(%m : memref<4x8xf32>) outs(%m2 : memref<4x8xf32>)
  %e = linalg.exp ins(%a : tensor<4x8xf32>) outs(%a : tensor<4x8xf32>) -> tensor<4x8xf32>
  %pk = tensor.empty() : tensor<2x2x2x4xf32>
  %p = linalg.pack %a inner_dims_pos = [0, 1] inner_tiles = [2, 4] into %pk : tensor<4x8xf32> -> tensor<2x2x2x4xf32>
  %c7 = arith.constant 7 : index
  %pk2 = tensor.empty(%c7) : tensor<2x2x?x4xf32>
  %p2 = linalg.pack %a padding_value(%f : f32) outer_dims_perm = [0, 1] inner_dims_pos = [0, 1] inner_tiles = [%c7, 4] into %pk2 : tensor<4x8xf32> -> tensor<2x2x?x4xf32>
  %u = linalg.unpack %p outer_dims_perm = [0, 1] inner_dims_pos = [0, 1] inner_tiles = [2, 4] into %a {z=1} : tensor<2x2x2x4xf32> -> tensor<4x8xf32>
  return %0 : tensor<4x16xf32>
}
