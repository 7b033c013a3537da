#map = affine_map<(d0)[s0] -> (d0 + s0)>
module {
  func.func @read(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32) -> vector<3x4xf32> {
    %c4 = arith.constant 4 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x4xf32>>
    %0 = vector.type_cast %alloca : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    scf.for %arg4 = %c0 to %c3 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %2 = affine.apply #map(%arg4)[%arg1]
      %3 = arith.cmpi sgt, %dim, %2 : index
      scf.if %3 {
        %4 = affine.apply #map(%arg4)[%arg1]
        %5 = vector.type_cast %0 : memref<3xvector<4xf32>> to memref<3x4xvector<f32>>
        scf.for %arg5 = %c0 to %c4 step %c1 {
          %dim_0 = memref.dim %arg0, %c1 : memref<?x?xf32>
          %6 = affine.apply #map(%arg5)[%arg2]
          %7 = arith.cmpi sgt, %dim_0, %6 : index
          scf.if %7 {
            %8 = affine.apply #map(%arg5)[%arg2]
            %9 = vector.transfer_read %arg0[%4, %8], %arg3 : memref<?x?xf32>, vector<f32>
            memref.store %9, %5[%arg4, %arg5] : memref<3x4xvector<f32>>
          } else {
            %8 = vector.broadcast %arg3 : f32 to vector<f32>
            memref.store %8, %5[%arg4, %arg5] : memref<3x4xvector<f32>>
          }
        }
      } else {
        %4 = vector.broadcast %arg3 : f32 to vector<4xf32>
        memref.store %4, %0[%arg4] : memref<3xvector<4xf32>>
      }
    }
    %1 = memref.load %alloca[] : memref<vector<3x4xf32>>
    return %1 : vector<3x4xf32>
  }
  func.func @transp(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32) -> vector<3x4xf32> {
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<4x3xf32>>
    %0 = vector.type_cast %alloca : memref<vector<4x3xf32>> to memref<4xvector<3xf32>>
    scf.for %arg4 = %c0 to %c4 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %3 = affine.apply #map(%arg4)[%arg1]
      %4 = arith.cmpi sgt, %dim, %3 : index
      scf.if %4 {
        %5 = affine.apply #map(%arg4)[%arg1]
        %6 = vector.type_cast %0 : memref<4xvector<3xf32>> to memref<4x3xvector<f32>>
        scf.for %arg5 = %c0 to %c3 step %c1 {
          %dim_0 = memref.dim %arg0, %c1 : memref<?x?xf32>
          %7 = affine.apply #map(%arg5)[%arg2]
          %8 = arith.cmpi sgt, %dim_0, %7 : index
          scf.if %8 {
            %9 = affine.apply #map(%arg5)[%arg2]
            %10 = vector.transfer_read %arg0[%5, %9], %arg3 : memref<?x?xf32>, vector<f32>
            memref.store %10, %6[%arg4, %arg5] : memref<4x3xvector<f32>>
          } else {
            %9 = vector.broadcast %arg3 : f32 to vector<f32>
            memref.store %9, %6[%arg4, %arg5] : memref<4x3xvector<f32>>
          }
        }
      } else {
        %5 = vector.broadcast %arg3 : f32 to vector<3xf32>
        memref.store %5, %0[%arg4] : memref<4xvector<3xf32>>
      }
    }
    %1 = memref.load %alloca[] : memref<vector<4x3xf32>>
    %2 = vector.transpose %1, [1, 0] : vector<4x3xf32> to vector<3x4xf32>
    return %2 : vector<3x4xf32>
  }
  func.func @bcast(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32, %arg4: vector<3xi1>) -> vector<3x4xf32> {
    %c4 = arith.constant 4 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x4xf32>>
    %alloca_0 = memref.alloca() : memref<vector<3xi1>>
    %alloca_1 = memref.alloca() : memref<vector<4xf32>>
    memref.store %arg4, %alloca_0[] : memref<vector<3xi1>>
    %0 = memref.load %alloca_0[] : memref<vector<3xi1>>
    %1 = vector.type_cast %alloca : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    scf.for %arg5 = %c0 to %c3 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %10 = affine.apply #map(%arg5)[%arg1]
      %11 = arith.cmpi sgt, %dim, %10 : index
      %12 = vector.extract %0[%arg5] : i1 from vector<3xi1>
      %13 = arith.andi %11, %12 : i1
      scf.if %13 {
        %14 = affine.apply #map(%arg5)[%arg1]
        %15 = vector.type_cast %1 : memref<3xvector<4xf32>> to memref<3x4xvector<f32>>
        scf.for %arg6 = %c0 to %c4 step %c1 {
          %16 = vector.transfer_read %arg0[%14, %arg2], %arg3 : memref<?x?xf32>, vector<f32>
          memref.store %16, %15[%arg5, %arg6] : memref<3x4xvector<f32>>
        }
      } else {
        %14 = vector.broadcast %arg3 : f32 to vector<4xf32>
        memref.store %14, %1[%arg5] : memref<3xvector<4xf32>>
      }
    }
    %2 = memref.load %alloca[] : memref<vector<3x4xf32>>
    %3 = vector.type_cast %alloca_1 : memref<vector<4xf32>> to memref<4xvector<f32>>
    scf.for %arg5 = %c0 to %c4 step %c1 {
      %dim = memref.dim %arg0, %c1 : memref<?x?xf32>
      %10 = affine.apply #map(%arg5)[%arg2]
      %11 = arith.cmpi sgt, %dim, %10 : index
      scf.if %11 {
        %12 = affine.apply #map(%arg5)[%arg2]
        %13 = vector.transfer_read %arg0[%arg1, %12], %arg3 : memref<?x?xf32>, vector<f32>
        memref.store %13, %3[%arg5] : memref<4xvector<f32>>
      } else {
        %12 = vector.broadcast %arg3 : f32 to vector<f32>
        memref.store %12, %3[%arg5] : memref<4xvector<f32>>
      }
    }
    %4 = memref.load %alloca_1[] : memref<vector<4xf32>>
    %5 = vector.broadcast %4 : vector<4xf32> to vector<3x4xf32>
    %6 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<f32>
    %7 = vector.broadcast %6 : vector<f32> to vector<3x4xf32>
    %8 = arith.addf %2, %5 : vector<3x4xf32>
    %9 = arith.addf %8, %7 : vector<3x4xf32>
    return %9 : vector<3x4xf32>
  }
  func.func @wr(%arg0: memref<?x?x?xf32>, %arg1: index, %arg2: vector<3x4xf32>, %arg3: vector<3x4xi1>) {
    %c2 = arith.constant 2 : index
    %c4 = arith.constant 4 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x4x1xf32>>
    %alloca_0 = memref.alloca() : memref<vector<3x4x1xi1>>
    %alloca_1 = memref.alloca() : memref<vector<4x3xf32>>
    %0 = vector.broadcast %arg2 : vector<3x4xf32> to vector<1x3x4xf32>
    %1 = vector.broadcast %arg3 : vector<3x4xi1> to vector<1x3x4xi1>
    %2 = vector.transpose %1, [1, 2, 0] : vector<1x3x4xi1> to vector<3x4x1xi1>
    %3 = vector.transpose %0, [1, 2, 0] : vector<1x3x4xf32> to vector<3x4x1xf32>
    memref.store %2, %alloca_0[] : memref<vector<3x4x1xi1>>
    memref.store %3, %alloca[] : memref<vector<3x4x1xf32>>
    %4 = vector.type_cast %alloca : memref<vector<3x4x1xf32>> to memref<3xvector<4x1xf32>>
    %5 = vector.type_cast %alloca_0 : memref<vector<3x4x1xi1>> to memref<3xvector<4x1xi1>>
    scf.for %arg4 = %c0 to %c3 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?x?xf32>
      %8 = affine.apply #map(%arg4)[%arg1]
      %9 = arith.cmpi sgt, %dim, %8 : index
      scf.if %9 {
        %10 = affine.apply #map(%arg4)[%arg1]
        %11 = vector.type_cast %4 : memref<3xvector<4x1xf32>> to memref<3x4xvector<1xf32>>
        %12 = vector.type_cast %5 : memref<3xvector<4x1xi1>> to memref<3x4xvector<1xi1>>
        scf.for %arg5 = %c0 to %c4 step %c1 {
          %dim_2 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
          %13 = affine.apply #map(%arg5)[%arg1]
          %14 = arith.cmpi sgt, %dim_2, %13 : index
          scf.if %14 {
            %15 = affine.apply #map(%arg5)[%arg1]
            %16 = memref.load %12[%arg4, %arg5] : memref<3x4xvector<1xi1>>
            %17 = vector.type_cast %11 : memref<3x4xvector<1xf32>> to memref<3x4x1xvector<f32>>
            scf.for %arg6 = %c0 to %c1 step %c1 {
              %18 = vector.extract %16[%arg6] : i1 from vector<1xi1>
              scf.if %18 {
                %19 = affine.apply #map(%arg6)[%arg1]
                %20 = memref.load %17[%arg4, %arg5, %arg6] : memref<3x4x1xvector<f32>>
                vector.transfer_write %20, %arg0[%10, %15, %19] : vector<f32>, memref<?x?x?xf32>
              } else {
              }
            }
          } else {
          }
        }
      } else {
      }
    }
    %6 = vector.transpose %arg2, [1, 0] : vector<3x4xf32> to vector<4x3xf32>
    memref.store %6, %alloca_1[] : memref<vector<4x3xf32>>
    %7 = vector.type_cast %alloca_1 : memref<vector<4x3xf32>> to memref<4xvector<3xf32>>
    scf.for %arg4 = %c0 to %c4 step %c1 {
      %dim = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %8 = affine.apply #map(%arg4)[%arg1]
      %9 = arith.cmpi sgt, %dim, %8 : index
      scf.if %9 {
        %10 = affine.apply #map(%arg4)[%arg1]
        %11 = vector.type_cast %7 : memref<4xvector<3xf32>> to memref<4x3xvector<f32>>
        scf.for %arg5 = %c0 to %c3 step %c1 {
          %dim_2 = memref.dim %arg0, %c2 : memref<?x?x?xf32>
          %12 = affine.apply #map(%arg5)[%arg1]
          %13 = arith.cmpi sgt, %dim_2, %12 : index
          scf.if %13 {
            %14 = affine.apply #map(%arg5)[%arg1]
            %15 = memref.load %11[%arg4, %arg5] : memref<4x3xvector<f32>>
            vector.transfer_write %15, %arg0[%arg1, %10, %14] : vector<f32>, memref<?x?x?xf32>
          } else {
          }
        }
      } else {
      }
    }
    return
  }
}

