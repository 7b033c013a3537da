func.func @f(%t: tensor<4x8xf32>, %d: tensor<?x?xf32>, %u: tensor<*xf32>, %i: index, %f: f32, %n: index, %sh: tensor<2xindex>, %ind: tensor<3x2xi32>, %enc: tensor<4xf32, 1 : i64>, %i8: tensor<4xi32>) {
  %0 = tensor.empty(%i) {a = 1} : tensor<?x4xf32>
  %1 = tensor.extract %t[%i, %i] {a = 1} : tensor<4x8xf32>
  %2 = tensor.insert %f into %t[%i, %i] : tensor<4x8xf32>
  %3 = tensor.extract_slice %d[0, %i] [4, %n] [1, 1] : tensor<?x?xf32> to tensor<4x?xf32>
  %4 = tensor.extract_slice %t[0, 1] [1, 4] [1, 2] {a} : tensor<4x8xf32> to tensor<4xf32>
  %5 = tensor.insert_slice %4 into %t[0, %i] [1, 4] [1, 1] : tensor<4xf32> into tensor<4x8xf32>
  %6 = tensor.cast %t : tensor<4x8xf32> to tensor<?x?xf32>
  %7 = tensor.dim %d, %i : tensor<?x?xf32>
  %8 = tensor.rank %u : tensor<*xf32>
  %9 = tensor.from_elements %f, %f : tensor<2xf32>
  %10 = tensor.generate %i, %n {
  ^bb0(%x: index, %y: index):
    tensor.yield %f : f32
  } : tensor<?x?xf32>
  %11 = tensor.pad %t low[1, %i] high[%n, 2] {
  ^bb0(%x: index, %y: index):
    tensor.yield %f : f32
  } {foo = 1} : tensor<4x8xf32> to tensor<?x?xf32>
  %12 = tensor.pad %t nofold low[1, 1] high[0, 2] {
  ^bb0(%x: index, %y: index):
    tensor.yield %f : f32
  } : tensor<4x8xf32> to tensor<5x11xf32>
  %13 = tensor.expand_shape %t [[0, 1], [2]] output_shape [2, 2, 8] : tensor<4x8xf32> into tensor<2x2x8xf32>
  %14 = tensor.expand_shape %d [[0, 1], [2]] output_shape [%i, 2, %n] {a} : tensor<?x?xf32> into tensor<?x2x?xf32>
  %15 = tensor.collapse_shape %t [[0, 1]] : tensor<4x8xf32> into tensor<32xf32>
  %16 = tensor.concat dim(0) %t, %t {q} : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<8x8xf32>
  %17 = tensor.reshape %t(%sh) : (tensor<4x8xf32>, tensor<2xindex>) -> tensor<?x?xf32>
  %18 = tensor.splat %f : tensor<4x8xf32>
  %19 = tensor.splat %f[%i, %n] : tensor<?x?xf32>
  %20 = tensor.bitcast %i8 : tensor<4xi32> to tensor<4xf32>
  %21 = tensor.gather %t[%ind] gather_dims([0, 1]) unique : (tensor<4x8xf32>, tensor<3x2xi32>) -> tensor<3x1x1xf32>
  %22 = tensor.scatter %21 into %t[%ind] scatter_dims([0, 1]) unique : (tensor<3x1x1xf32>, tensor<4x8xf32>, tensor<3x2xi32>) -> tensor<4x8xf32>
  %23 = scf.forall (%a) in (4) shared_outs(%o = %t) -> (tensor<4x8xf32>) {
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %4 into %o[0, %a] [1, 4] [1, 1] : tensor<4xf32> into tensor<4x8xf32>
    }
  }
  %24 = tensor.from_elements : tensor<0xf32>
  %25 = tensor.from_elements %f : tensor<f32>
  %26 = tensor.expand_shape %25 [] output_shape [1, 1] : tensor<f32> into tensor<1x1xf32>
  %27 = tensor.pad %d low[0,0] high[0,0] {
  ^bb0(%x: index, %y: index):
    tensor.yield %f : f32
  } : tensor<?x?xf32> to tensor<?x?xf32>
  return
}
