module {
  func.func @zero(%arg0: memref<f32>, %arg1: f32, %arg2: tensor<?x?xf32>, %arg3: index, %arg4: vector<3x4xf32>, %arg5: vector<3x4xi1>) -> (vector<f32>, tensor<?x?xf32>, vector<3x4xf32>) {
    %0 = vector.transfer_read %arg0[], %arg1 : memref<f32>, vector<f32>
    %1 = vector.transfer_read %arg2[%arg3, %arg3], %arg1 : tensor<?x?xf32>, vector<3x4xf32>
    %2 = vector.transfer_write %arg4, %arg2[%arg3, %arg3], %arg5 : vector<3x4xf32>, tensor<?x?xf32>
    return %0, %2, %1 : vector<f32>, tensor<?x?xf32>, vector<3x4xf32>
  }
}

