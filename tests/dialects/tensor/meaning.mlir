func.func @pad(%a: tensor<2x2xf32>) -> tensor<4x3xf32> {
  %z = arith.constant 9.0 : f32
  %p = tensor.pad %a low[1, 0] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %z : f32
  } : tensor<2x2xf32> to tensor<4x3xf32>
  return %p : tensor<4x3xf32>
}
func.func @gen(%n: index) -> tensor<?x2xindex> {
  %g = tensor.generate %n {
  ^bb0(%i: index, %j: index):
    %s = arith.addi %i, %j : index
    tensor.yield %s : index
  } : tensor<?x2xindex>
  return %g : tensor<?x2xindex>
}
func.func @slices(%a: tensor<3x4xf32>) -> (tensor<2xf32>, tensor<3x4xf32>, tensor<12xf32>, tensor<3x2x2xf32>) {
  %c1 = arith.constant 1 : index
  %s = tensor.extract_slice %a[%c1, 0] [1, 2] [1, 2] : tensor<3x4xf32> to tensor<2xf32>
  %u = tensor.insert_slice %s into %a[0, 1] [1, 2] [1, 1] : tensor<2xf32> into tensor<3x4xf32>
  %c = tensor.collapse_shape %a [[0, 1]] : tensor<3x4xf32> into tensor<12xf32>
  %e = tensor.expand_shape %a [[0], [1, 2]] output_shape [3, 2, 2] : tensor<3x4xf32> into tensor<3x2x2xf32>
  return %s, %u, %c, %e : tensor<2xf32>, tensor<3x4xf32>, tensor<12xf32>, tensor<3x2x2xf32>
}
func.func @gather(%t: tensor<3x4xf32>, %i: tensor<2x1xindex>) -> (tensor<2x1x4xf32>, tensor<3x4xf32>) {
  %g = tensor.gather %t[%i] gather_dims([0]) unique : (tensor<3x4xf32>, tensor<2x1xindex>) -> tensor<2x1x4xf32>
  %s = tensor.scatter %g into %t[%i] scatter_dims([0]) unique : (tensor<2x1x4xf32>, tensor<3x4xf32>, tensor<2x1xindex>) -> tensor<3x4xf32>
  return %g, %s : tensor<2x1x4xf32>, tensor<3x4xf32>
}
func.func @elements(%t: tensor<3x4xf32>, %i: index, %j: index, %x: f32) -> (f32, tensor<3x4xf32>, index, index, tensor<2xf32>, tensor<?x2xf32>, tensor<3x4xi32>) {
  %0 = tensor.extract %t[%i, %j] : tensor<3x4xf32>
  %1 = tensor.insert %x into %t[%i, %j] : tensor<3x4xf32>
  %2 = tensor.dim %t, %i : tensor<3x4xf32>
  %3 = tensor.rank %t : tensor<3x4xf32>
  %4 = tensor.from_elements %x, %0 : tensor<2xf32>
  %5 = tensor.splat %x[%j] : tensor<?x2xf32>
  %6 = tensor.bitcast %t : tensor<3x4xf32> to tensor<3x4xi32>
  return %0, %1, %2, %3, %4, %5, %6 : f32, tensor<3x4xf32>, index, index, tensor<2xf32>, tensor<?x2xf32>, tensor<3x4xi32>
}
func.func @joined(%a: tensor<?x2xf32>, %b: tensor<?x2xf32>, %s: tensor<1xindex>) -> (tensor<?x2xf32>, tensor<?xf32>) {
  %0 = tensor.concat dim(0) %a, %b : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %1 = tensor.reshape %0(%s) : (tensor<?x2xf32>, tensor<1xindex>) -> tensor<?xf32>
  return %0, %1 : tensor<?x2xf32>, tensor<?xf32>
}
func.func @part(%a: tensor<?xf32>, %o: index, %n: index) -> tensor<?xf32> {
  %0 = tensor.extract_slice %a[%o] [%n] [2] : tensor<?xf32> to tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @narrow(%a: tensor<?xf32>) -> tensor<3xf32> {
  %0 = tensor.cast %a : tensor<?xf32> to tensor<3xf32>
  return %0 : tensor<3xf32>
}
func.func @forall() -> tensor<4x2xi32> {
  %t = arith.constant dense<0> : tensor<4x2xi32>
  %r = scf.forall (%i) in (4) shared_outs(%o = %t) -> (tensor<4x2xi32>) {
    %n = arith.index_cast %i : index to i32
    %s = tensor.splat %n : tensor<1x2xi32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %s into %o[%i, 0] [1, 2] [1, 1] : tensor<1x2xi32> into tensor<4x2xi32>
    }
  }
  return %r : tensor<4x2xi32>
}
func.func @pad_by_place(%a: tensor<1x1xindex>) -> tensor<2x3xindex> {
  %c10 = arith.constant 10 : index
  %p = tensor.pad %a low[1, 0] high[0, 2] {
  ^bb0(%i: index, %j: index):
    %0 = arith.muli %i, %c10 : index
    %1 = arith.addi %0, %j : index
    tensor.yield %1 : index
  } : tensor<1x1xindex> to tensor<2x3xindex>
  return %p : tensor<2x3xindex>
}
