#map = affine_map<(d0, d1)[s0] -> (d0 * 2 + d1 + s0)>
#map1 = affine_map<(d0, d1) -> (d0)>
#map2 = affine_map<(d0, d1) -> (d0 + d1)>
module {
  func.func @all(%x: tensor<?xf32>, %m: tensor<?x?xf32>, %i: tensor<?xi32>, %n: index, %k: index, %seed: i64, %z: f32, %loss: tensor<f32>, %s: tensor<3x4xi8>) {
    %0 = meta.broadcast %x sizes(%n) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>
    %1 = meta.broadcast %loss dimensions = [0, 1] : tensor<f32> -> tensor<2x3xf32>
    %2 = meta.broadcast %x dimensions = [] : tensor<?xf32> -> tensor<?xf32>
    %3 = meta.reduce add %m dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
    %s0 = meta.scan add %x along 0 : tensor<?xf32>
    %s1 = meta.scan mul %m along 1 reverse : tensor<?x?xf32>
    %4 = meta.reduce xor %s dimensions = [0, 1] : tensor<3x4xi8> -> tensor<i8>
    %5 = meta.reindex %x[#map](%n) sizes(%n, %k) else %z : tensor<?xf32>, f32 -> tensor<?x?xf32>
    %6 = meta.reindex %x[#map1] sizes(%n) : tensor<?xf32> -> tensor<?x3xf32>
    %7 = meta.reindex_reduce add %m[#map2] sizes(%n) : tensor<?x?xf32> -> tensor<?xf32>
    %8 = meta.reindex_reduce max %m[#map](%k) : tensor<?x?xf32> -> tensor<7xf32>
    %9 = meta.gather %m at %i : tensor<?x?xf32>, tensor<?xi32> -> tensor<?x?xf32>
    %10 = meta.scatter_reduce add %m at %i sizes(%n) : tensor<?x?xf32>, tensor<?xi32> -> tensor<?x?xf32>
    %11 = meta.random uniform seed %seed sizes(%n) : tensor<?xf32>
    %12 = meta.random normal seed %seed : tensor<4x5xf64>
    %13 = meta.stop_gradient %x : tensor<?xf32>
    %14:2 = meta.gradient %loss by %m, %x : tensor<f32> by tensor<?x?xf32>, tensor<?xf32>
    %15 = meta.reduce add %x dimensions = [0] {note = "kept"} : tensor<?xf32> -> tensor<f32>
    return
  }
}
