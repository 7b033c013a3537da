// Sums and products of vectors.
#ik = affine_map<(i, j, k) -> (i, k)>
#kj = affine_map<(i, j, k) -> (k, j)>
#jk = affine_map<(i, j, k) -> (j, k)>
#ij = affine_map<(i, j, k) -> (i, j)>
#ji = affine_map<(i, j, k) -> (j, i)>
#k = affine_map<(k) -> (k)>
#0 = affine_map<(k) -> ()>
#mi = affine_map<(i, k) -> (i, k)>
#mk = affine_map<(i, k) -> (k)>
#m0 = affine_map<(i, k) -> (i)>
func.func @products(%a: vector<2x3xf32>, %b: vector<3x4xf32>, %bt: vector<4x3xf32>, %c: vector<2x4xf32>,
                    %ct: vector<4x2xf32>, %v: vector<4xf32>, %u: vector<2xf32>, %x: vector<3xf32>, %f: f32,
                    %vi: vector<4xi32>, %n: i32) {
  %0 = vector.contract {indexing_maps = [#ik, #kj, #ij], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %b, %c : vector<2x3xf32>, vector<3x4xf32> into vector<2x4xf32>
  vector.print %0 : vector<2x4xf32>
  %1 = vector.contract {indexing_maps = [#ik, #jk, #ij], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %bt, %c : vector<2x3xf32>, vector<4x3xf32> into vector<2x4xf32>
  vector.print %1 : vector<2x4xf32>
  %2 = vector.contract {indexing_maps = [#ik, #kj, #ji], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %b, %ct : vector<2x3xf32>, vector<3x4xf32> into vector<4x2xf32>
  vector.print %2 : vector<4x2xf32>
  %3 = vector.contract {indexing_maps = [#k, #k, #0], iterator_types = ["reduction"], kind = #vector.kind<add>} %v, %v, %f : vector<4xf32>, vector<4xf32> into f32
  vector.print %3 : f32
  %4 = vector.contract {indexing_maps = [#mi, #mk, #m0], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>} %a, %x, %u : vector<2x3xf32>, vector<3xf32> into vector<2xf32>
  vector.print %4 : vector<2xf32>
  %5 = vector.contract {indexing_maps = [#ik, #kj, #ij], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<maxnumf>} %a, %b, %c : vector<2x3xf32>, vector<3x4xf32> into vector<2x4xf32>
  vector.print %5 : vector<2x4xf32>
  %6 = vector.outerproduct %u, %v, %c : vector<2xf32>, vector<4xf32>
  vector.print %6 : vector<2x4xf32>
  %7 = vector.outerproduct %v, %f : vector<4xf32>, f32
  vector.print %7 : vector<4xf32>
  %8 = vector.fma %c, %c, %c : vector<2x4xf32>
  vector.print %8 : vector<2x4xf32>
  %9 = vector.reduction <add>, %v : vector<4xf32> into f32
  vector.print %9 : f32
  %10 = vector.reduction <mul>, %v, %f : vector<4xf32> into f32
  vector.print %10 : f32
  %11 = vector.reduction <maximumf>, %v, %f : vector<4xf32> into f32
  vector.print %11 : f32
  %12 = vector.reduction <minui>, %vi : vector<4xi32> into i32
  vector.print %12 : i32
  %13 = vector.reduction <xor>, %vi, %n : vector<4xi32> into i32
  vector.print %13 : i32
  %14 = vector.multi_reduction <add>, %c, %u [1] : vector<2x4xf32> to vector<2xf32>
  vector.print %14 : vector<2xf32>
  %15 = vector.multi_reduction <mul>, %c, %v [0] : vector<2x4xf32> to vector<4xf32>
  vector.print %15 : vector<4xf32>
  %16 = vector.multi_reduction <add>, %c, %f [0, 1] : vector<2x4xf32> to f32
  vector.print %16 : f32
  %17:2 = vector.scan <add>, %c, %u {inclusive = true, reduction_dim = 1} : vector<2x4xf32>, vector<2xf32>
  vector.print %17#0 : vector<2x4xf32>
  %18:2 = vector.scan <mul>, %c, %v {inclusive = false, reduction_dim = 0} : vector<2x4xf32>, vector<4xf32>
  vector.print %18#0 : vector<2x4xf32>
  return
}
func.func @main() {
  %a = arith.constant dense<[[1.0, 2.0, 3.0], [-4.0, 5.0, 6.0]]> : vector<2x3xf32>
  %b = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 0.5, -1.0, -2.0]]> : vector<3x4xf32>
  %bt = arith.constant dense<[[1.0, 2.0, 3.0], [5.0, 6.0, 7.0], [9.0, 0.5, -1.0], [3.0, 2.0, 1.0]]> : vector<4x3xf32>
  %c = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : vector<2x4xf32>
  %ct = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]> : vector<4x2xf32>
  %v = arith.constant dense<[1.0, 2.0, -3.0, 4.0]> : vector<4xf32>
  %u = arith.constant dense<[0.5, 2.0]> : vector<2xf32>
  %x = arith.constant dense<[0.5, 2.0, 1.0]> : vector<3xf32>
  %f = arith.constant 9.5 : f32
  %vi = arith.constant dense<[1, -2, 3, 4]> : vector<4xi32>
  %n = arith.constant 77 : i32
  call @products(%a, %b, %bt, %c, %ct, %v, %u, %x, %f, %vi, %n) : (vector<2x3xf32>, vector<3x4xf32>, vector<4x3xf32>, vector<2x4xf32>, vector<4x2xf32>, vector<4xf32>, vector<2xf32>, vector<3xf32>, f32, vector<4xi32>, i32) -> ()
  return
}
