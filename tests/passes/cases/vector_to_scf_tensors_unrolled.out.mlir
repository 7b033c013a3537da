#map = affine_map<()[s0] -> (s0 + 1)>
#map1 = affine_map<()[s0] -> (s0 + 2)>
module {
  func.func @zero(%arg0: memref<f32>, %arg1: f32, %arg2: tensor<?x?xf32>, %arg3: index, %arg4: vector<3x4xf32>, %arg5: vector<3x4xi1>) -> (vector<f32>, tensor<?x?xf32>, vector<3x4xf32>) {
    %c0 = arith.constant 0 : index
    %0 = vector.transfer_read %arg0[], %arg1 : memref<f32>, vector<f32>
    %1 = vector.broadcast %arg1 : f32 to vector<3x4xf32>
    %dim = tensor.dim %arg2, %c0 : tensor<?x?xf32>
    %2 = arith.cmpi sgt, %dim, %arg3 : index
    %3 = scf.if %2 -> (vector<3x4xf32>) {
      %18 = vector.transfer_read %arg2[%arg3, %arg3], %arg1 : tensor<?x?xf32>, vector<4xf32>
      %19 = vector.insert %18, %1 [0] : vector<4xf32> into vector<3x4xf32>
      scf.yield %19 : vector<3x4xf32>
    } else {
      scf.yield %1 : vector<3x4xf32>
    }
    %dim_0 = tensor.dim %arg2, %c0 : tensor<?x?xf32>
    %4 = affine.apply #map()[%arg3]
    %5 = arith.cmpi sgt, %dim_0, %4 : index
    %6 = scf.if %5 -> (vector<3x4xf32>) {
      %18 = affine.apply #map()[%arg3]
      %19 = vector.transfer_read %arg2[%18, %arg3], %arg1 : tensor<?x?xf32>, vector<4xf32>
      %20 = vector.insert %19, %3 [1] : vector<4xf32> into vector<3x4xf32>
      scf.yield %20 : vector<3x4xf32>
    } else {
      scf.yield %3 : vector<3x4xf32>
    }
    %dim_1 = tensor.dim %arg2, %c0 : tensor<?x?xf32>
    %7 = affine.apply #map1()[%arg3]
    %8 = arith.cmpi sgt, %dim_1, %7 : index
    %9 = scf.if %8 -> (vector<3x4xf32>) {
      %18 = affine.apply #map1()[%arg3]
      %19 = vector.transfer_read %arg2[%18, %arg3], %arg1 : tensor<?x?xf32>, vector<4xf32>
      %20 = vector.insert %19, %6 [2] : vector<4xf32> into vector<3x4xf32>
      scf.yield %20 : vector<3x4xf32>
    } else {
      scf.yield %6 : vector<3x4xf32>
    }
    %dim_2 = tensor.dim %arg2, %c0 : tensor<?x?xf32>
    %10 = arith.cmpi sgt, %dim_2, %arg3 : index
    %11 = scf.if %10 -> (tensor<?x?xf32>) {
      %18 = vector.extract %arg4[0] : vector<4xf32> from vector<3x4xf32>
      %19 = vector.extract %arg5[0] : vector<4xi1> from vector<3x4xi1>
      %20 = vector.transfer_write %18, %arg2[%arg3, %arg3], %19 : vector<4xf32>, tensor<?x?xf32>
      scf.yield %20 : tensor<?x?xf32>
    } else {
      scf.yield %arg2 : tensor<?x?xf32>
    }
    %dim_3 = tensor.dim %arg2, %c0 : tensor<?x?xf32>
    %12 = affine.apply #map()[%arg3]
    %13 = arith.cmpi sgt, %dim_3, %12 : index
    %14 = scf.if %13 -> (tensor<?x?xf32>) {
      %18 = affine.apply #map()[%arg3]
      %19 = vector.extract %arg4[1] : vector<4xf32> from vector<3x4xf32>
      %20 = vector.extract %arg5[1] : vector<4xi1> from vector<3x4xi1>
      %21 = vector.transfer_write %19, %11[%18, %arg3], %20 : vector<4xf32>, tensor<?x?xf32>
      scf.yield %21 : tensor<?x?xf32>
    } else {
      scf.yield %11 : tensor<?x?xf32>
    }
    %dim_4 = tensor.dim %arg2, %c0 : tensor<?x?xf32>
    %15 = affine.apply #map1()[%arg3]
    %16 = arith.cmpi sgt, %dim_4, %15 : index
    %17 = scf.if %16 -> (tensor<?x?xf32>) {
      %18 = affine.apply #map1()[%arg3]
      %19 = vector.extract %arg4[2] : vector<4xf32> from vector<3x4xf32>
      %20 = vector.extract %arg5[2] : vector<4xi1> from vector<3x4xi1>
      %21 = vector.transfer_write %19, %14[%18, %arg3], %20 : vector<4xf32>, tensor<?x?xf32>
      scf.yield %21 : tensor<?x?xf32>
    } else {
      scf.yield %14 : tensor<?x?xf32>
    }
    return %0, %17, %9 : vector<f32>, tensor<?x?xf32>, vector<3x4xf32>
  }
}

