#map = affine_map<(d0)[s0] -> (d0 + s0)>
module {
  func.func @zero(%arg0: memref<f32>, %arg1: f32, %arg2: tensor<?x?xf32>, %arg3: index, %arg4: vector<3x4xf32>, %arg5: vector<3x4xi1>) -> (vector<f32>, tensor<?x?xf32>, vector<3x4xf32>) {
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x4xf32>>
    %alloca_0 = memref.alloca() : memref<vector<3x4xf32>>
    %alloca_1 = memref.alloca() : memref<vector<3x4xi1>>
    %0 = vector.transfer_read %arg0[], %arg1 : memref<f32>, vector<f32>
    %1 = vector.type_cast %alloca : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    scf.for %arg6 = %c0 to %c3 step %c1 {
      %dim = tensor.dim %arg2, %c0 : tensor<?x?xf32>
      %6 = affine.apply #map(%arg6)[%arg3]
      %7 = arith.cmpi sgt, %dim, %6 : index
      scf.if %7 {
        %8 = affine.apply #map(%arg6)[%arg3]
        %9 = vector.transfer_read %arg2[%8, %arg3], %arg1 : tensor<?x?xf32>, vector<4xf32>
        memref.store %9, %1[%arg6] : memref<3xvector<4xf32>>
      } else {
        %8 = vector.broadcast %arg1 : f32 to vector<4xf32>
        memref.store %8, %1[%arg6] : memref<3xvector<4xf32>>
      }
    }
    %2 = memref.load %alloca[] : memref<vector<3x4xf32>>
    memref.store %arg5, %alloca_1[] : memref<vector<3x4xi1>>
    memref.store %arg4, %alloca_0[] : memref<vector<3x4xf32>>
    %3 = vector.type_cast %alloca_0 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    %4 = vector.type_cast %alloca_1 : memref<vector<3x4xi1>> to memref<3xvector<4xi1>>
    %5 = scf.for %arg6 = %c0 to %c3 step %c1 iter_args(%arg7 = %arg2) -> (tensor<?x?xf32>) {
      %dim = tensor.dim %arg2, %c0 : tensor<?x?xf32>
      %6 = affine.apply #map(%arg6)[%arg3]
      %7 = arith.cmpi sgt, %dim, %6 : index
      %8 = scf.if %7 -> (tensor<?x?xf32>) {
        %9 = affine.apply #map(%arg6)[%arg3]
        %10 = memref.load %3[%arg6] : memref<3xvector<4xf32>>
        %11 = memref.load %4[%arg6] : memref<3xvector<4xi1>>
        %12 = vector.transfer_write %10, %arg7[%9, %arg3], %11 : vector<4xf32>, tensor<?x?xf32>
        scf.yield %12 : tensor<?x?xf32>
      } else {
        scf.yield %arg7 : tensor<?x?xf32>
      }
      scf.yield %8 : tensor<?x?xf32>
    }
    return %0, %5, %2 : vector<f32>, tensor<?x?xf32>, vector<3x4xf32>
  }
}

