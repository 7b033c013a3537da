#map = affine_map<(d0)[s0] -> (d0 + s0)>
#map1 = affine_map<(d0) -> (d0 * 4 + 1)>
#map2 = affine_map<(d0, d1) -> (d0 + d1 * 4 + 1)>
#map3 = affine_map<(d0) -> (d0 + 5)>
#map4 = affine_map<(d0) -> (d0 + 1)>
module {
  func.func @read(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32) -> vector<3x4xf32> {
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
        %5 = vector.transfer_read %arg0[%4, %arg2], %arg3 : memref<?x?xf32>, vector<4xf32>
        memref.store %5, %0[%arg4] : memref<3xvector<4xf32>>
      } else {
        %4 = vector.broadcast %arg3 : f32 to vector<4xf32>
        memref.store %4, %0[%arg4] : memref<3xvector<4xf32>>
      }
    }
    %1 = memref.load %alloca[] : memref<vector<3x4xf32>>
    return %1 : vector<3x4xf32>
  }
  func.func @read3(%arg0: memref<?x?x9xf32>, %arg1: index, %arg2: index, %arg3: f32, %arg4: vector<2x3x4xi1>) -> vector<2x3x4xf32> {
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %c2 = arith.constant 2 : index
    %alloca = memref.alloca() : memref<vector<2x3x4xf32>>
    %alloca_0 = memref.alloca() : memref<vector<2x3x4xi1>>
    memref.store %arg4, %alloca_0[] : memref<vector<2x3x4xi1>>
    %0 = vector.type_cast %alloca : memref<vector<2x3x4xf32>> to memref<2xvector<3x4xf32>>
    %1 = vector.type_cast %alloca_0 : memref<vector<2x3x4xi1>> to memref<2xvector<3x4xi1>>
    scf.for %arg5 = %c0 to %c2 step %c1 {
      %3 = affine.apply #map(%arg5)[%arg1]
      %4 = vector.type_cast %0 : memref<2xvector<3x4xf32>> to memref<2x3xvector<4xf32>>
      %5 = vector.type_cast %1 : memref<2xvector<3x4xi1>> to memref<2x3xvector<4xi1>>
      scf.for %arg6 = %c0 to %c3 step %c1 {
        %dim = memref.dim %arg0, %c1 : memref<?x?x9xf32>
        %6 = affine.apply #map(%arg6)[%arg2]
        %7 = arith.cmpi sgt, %dim, %6 : index
        scf.if %7 {
          %8 = affine.apply #map(%arg6)[%arg2]
          %9 = memref.load %5[%arg5, %arg6] : memref<2x3xvector<4xi1>>
          %10 = vector.transfer_read %arg0[%3, %8, %c2], %arg3, %9 {in_bounds = [true]} : memref<?x?x9xf32>, vector<4xf32>
          memref.store %10, %4[%arg5, %arg6] : memref<2x3xvector<4xf32>>
        } else {
          %8 = vector.broadcast %arg3 : f32 to vector<4xf32>
          memref.store %8, %4[%arg5, %arg6] : memref<2x3xvector<4xf32>>
        }
      }
    }
    %2 = memref.load %alloca[] : memref<vector<2x3x4xf32>>
    return %2 : vector<2x3x4xf32>
  }
  func.func @transp(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32) -> vector<3x4xf32> {
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
        %6 = vector.transfer_read %arg0[%5, %arg2], %arg3 : memref<?x?xf32>, vector<3xf32>
        memref.store %6, %0[%arg4] : memref<4xvector<3xf32>>
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
    memref.store %arg4, %alloca_0[] : memref<vector<3xi1>>
    %0 = memref.load %alloca_0[] : memref<vector<3xi1>>
    %1 = vector.type_cast %alloca : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    scf.for %arg5 = %c0 to %c3 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %9 = affine.apply #map(%arg5)[%arg1]
      %10 = arith.cmpi sgt, %dim, %9 : index
      %11 = vector.extract %0[%arg5] : i1 from vector<3xi1>
      %12 = arith.andi %10, %11 : i1
      scf.if %12 {
        %13 = affine.apply #map(%arg5)[%arg1]
        %14 = vector.broadcast %arg3 : f32 to vector<4xf32>
        %15 = scf.for %arg6 = %c0 to %c4 step %c1 iter_args(%arg7 = %14) -> (vector<4xf32>) {
          %16 = memref.load %arg0[%13, %arg2] : memref<?x?xf32>
          %17 = vector.insert %16, %arg7 [%arg6] : f32 into vector<4xf32>
          scf.yield %17 : vector<4xf32>
        }
        memref.store %15, %1[%arg5] : memref<3xvector<4xf32>>
      } else {
        %13 = vector.broadcast %arg3 : f32 to vector<4xf32>
        memref.store %13, %1[%arg5] : memref<3xvector<4xf32>>
      }
    }
    %2 = memref.load %alloca[] : memref<vector<3x4xf32>>
    %3 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<4xf32>
    %4 = vector.broadcast %3 : vector<4xf32> to vector<3x4xf32>
    %5 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<f32>
    %6 = vector.broadcast %5 : vector<f32> to vector<3x4xf32>
    %7 = arith.addf %2, %4 : vector<3x4xf32>
    %8 = arith.addf %7, %6 : vector<3x4xf32>
    return %8 : vector<3x4xf32>
  }
  func.func @wr(%arg0: memref<?x?x?xf32>, %arg1: index, %arg2: vector<3x4xf32>, %arg3: vector<3x4xi1>) {
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
            %16 = memref.load %11[%arg4, %arg5] : memref<3x4xvector<1xf32>>
            %17 = memref.load %12[%arg4, %arg5] : memref<3x4xvector<1xi1>>
            vector.transfer_write %16, %arg0[%10, %15, %arg1], %17 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
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
        %11 = memref.load %7[%arg4] : memref<4xvector<3xf32>>
        vector.transfer_write %11, %arg0[%arg1, %10, %arg1] : vector<3xf32>, memref<?x?x?xf32>
      } else {
      }
    }
    return
  }
  func.func @one(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<4xi1>) -> vector<4xf32> {
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<4x1xf32>>
    %0 = vector.broadcast %arg2 : f32 to vector<4xf32>
    %1 = scf.for %arg4 = %c0 to %c4 step %c1 iter_args(%arg5 = %0) -> (vector<4xf32>) {
      %5 = affine.apply #map(%arg4)[%arg1]
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %6 = affine.apply #map(%arg4)[%arg1]
      %7 = arith.cmpi sgt, %dim, %6 : index
      %8 = vector.extract %arg3[%arg4] : i1 from vector<4xi1>
      %9 = arith.andi %7, %8 : i1
      %10 = scf.if %9 -> (vector<4xf32>) {
        %11 = memref.load %arg0[%5, %arg1] : memref<?x?xf32>
        %12 = vector.insert %11, %arg5 [%arg4] : f32 into vector<4xf32>
        scf.yield %12 : vector<4xf32>
      } else {
        scf.yield %arg5 : vector<4xf32>
      }
      scf.yield %10 : vector<4xf32>
    }
    %2 = vector.broadcast %1 : vector<4xf32> to vector<1x4xf32>
    %3 = vector.transpose %2, [1, 0] : vector<1x4xf32> to vector<4x1xf32>
    memref.store %3, %alloca[] : memref<vector<4x1xf32>>
    %4 = vector.type_cast %alloca : memref<vector<4x1xf32>> to memref<4xvector<1xf32>>
    scf.for %arg4 = %c0 to %c4 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %5 = affine.apply #map(%arg4)[%arg1]
      %6 = arith.cmpi sgt, %dim, %5 : index
      scf.if %6 {
        %7 = affine.apply #map(%arg4)[%arg1]
        %8 = memref.load %4[%arg4] : memref<4xvector<1xf32>>
        vector.transfer_write %8, %arg0[%7, %arg1] {in_bounds = [true]} : vector<1xf32>, memref<?x?xf32>
      } else {
      }
    }
    vector.print punctuation <open>
    scf.for %arg4 = %c0 to %c4 step %c1 {
      %5 = vector.extract %1[%arg4] : f32 from vector<4xf32>
      vector.print %5 : f32 punctuation <no_punctuation>
      %6 = arith.cmpi ult, %arg4, %c3 : index
      scf.if %6 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return %1 : vector<4xf32>
  }
  func.func @loops(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32) {
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %arg3 = %c0 to %arg1 step %c1 {
      %alloca = memref.alloca() : memref<vector<3x4xf32>>
      %alloca_0 = memref.alloca() : memref<vector<3x4xf32>>
      %0 = affine.apply #map1(%arg3)
      %1 = vector.type_cast %alloca : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg4 = %c0 to %c3 step %c1 {
        %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
        %4 = affine.apply #map2(%arg4, %arg3)
        %5 = arith.cmpi sgt, %dim, %4 : index
        scf.if %5 {
          %6 = affine.apply #map2(%arg4, %arg3)
          %7 = vector.transfer_read %arg0[%6, %c1], %arg2 : memref<?x?xf32>, vector<4xf32>
          memref.store %7, %1[%arg4] : memref<3xvector<4xf32>>
        } else {
          %6 = vector.broadcast %arg2 : f32 to vector<4xf32>
          memref.store %6, %1[%arg4] : memref<3xvector<4xf32>>
        }
      }
      %2 = memref.load %alloca[] : memref<vector<3x4xf32>>
      memref.store %2, %alloca_0[] : memref<vector<3x4xf32>>
      %3 = vector.type_cast %alloca_0 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg4 = %c0 to %c3 step %c1 {
        %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
        %4 = arith.cmpi sgt, %dim, %arg4 : index
        scf.if %4 {
          %5 = memref.load %3[%arg4] : memref<3xvector<4xf32>>
          vector.transfer_write %5, %arg0[%arg4, %0] : vector<4xf32>, memref<?x?xf32>
        } else {
        }
      }
    }
    return
  }
  func.func @strided(%arg0: memref<8x8xf32, strided<[8, 2], offset: ?>>, %arg1: index, %arg2: f32, %arg3: vector<4xf32>, %arg4: vector<4xi1>) -> vector<4xf32> {
    %c8 = arith.constant 8 : index
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %c1 = arith.constant 1 : index
    %0 = vector.broadcast %arg2 : f32 to vector<4xf32>
    %1 = scf.for %arg5 = %c0 to %c4 step %c1 iter_args(%arg6 = %0) -> (vector<4xf32>) {
      %2 = affine.apply #map3(%arg5)
      %3 = affine.apply #map3(%arg5)
      %4 = arith.cmpi slt, %3, %c8 : index
      %5 = vector.extract %arg4[%arg5] : i1 from vector<4xi1>
      %6 = arith.andi %4, %5 : i1
      %7 = scf.if %6 -> (vector<4xf32>) {
        %8 = memref.load %arg0[%arg1, %2] : memref<8x8xf32, strided<[8, 2], offset: ?>>
        %9 = vector.insert %8, %arg6 [%arg5] : f32 into vector<4xf32>
        scf.yield %9 : vector<4xf32>
      } else {
        scf.yield %arg6 : vector<4xf32>
      }
      scf.yield %7 : vector<4xf32>
    }
    scf.for %arg5 = %c0 to %c4 step %c1 {
      %2 = affine.apply #map3(%arg5)
      %3 = affine.apply #map3(%arg5)
      %4 = arith.cmpi slt, %3, %c8 : index
      %5 = vector.extract %arg4[%arg5] : i1 from vector<4xi1>
      %6 = arith.andi %4, %5 : i1
      scf.if %6 {
        %7 = vector.extract %arg3[%arg5] : f32 from vector<4xf32>
        memref.store %7, %arg0[%arg1, %2] : memref<8x8xf32, strided<[8, 2], offset: ?>>
      } else {
      }
    }
    return %1 : vector<4xf32>
  }
  func.func @repeated(%arg0: memref<8xf32>, %arg1: index, %arg2: f32) -> vector<4xf32> {
    %0 = vector.transfer_read %arg0[%arg1], %arg2 : memref<8xf32>, vector<f32>
    %1 = vector.broadcast %0 : vector<f32> to vector<4xf32>
    return %1 : vector<4xf32>
  }
  func.func @inside(%arg0: memref<8x8x8xf32>, %arg1: f32) -> vector<2x3x4xf32> {
    %c3 = arith.constant 3 : index
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %alloca = memref.alloca() : memref<vector<2x3x4xf32>>
    %0 = vector.type_cast %alloca : memref<vector<2x3x4xf32>> to memref<2xvector<3x4xf32>>
    scf.for %arg2 = %c0 to %c2 step %c1 {
      %2 = affine.apply #map4(%arg2)
      %3 = vector.type_cast %0 : memref<2xvector<3x4xf32>> to memref<2x3xvector<4xf32>>
      scf.for %arg3 = %c0 to %c3 step %c1 {
        %4 = affine.apply #map4(%arg3)
        %5 = vector.transfer_read %arg0[%2, %4, %c1], %arg1 {in_bounds = [true]} : memref<8x8x8xf32>, vector<4xf32>
        memref.store %5, %3[%arg2, %arg3] : memref<2x3xvector<4xf32>>
      }
    }
    %1 = memref.load %alloca[] : memref<vector<2x3x4xf32>>
    return %1 : vector<2x3x4xf32>
  }
  func.func @inside_write(%arg0: memref<8x8x8xf32>, %arg1: vector<2x3x4xf32>) {
    %c3 = arith.constant 3 : index
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %alloca = memref.alloca() : memref<vector<2x3x4xf32>>
    memref.store %arg1, %alloca[] : memref<vector<2x3x4xf32>>
    %0 = vector.type_cast %alloca : memref<vector<2x3x4xf32>> to memref<2xvector<3x4xf32>>
    scf.for %arg2 = %c0 to %c2 step %c1 {
      %1 = affine.apply #map4(%arg2)
      %2 = vector.type_cast %0 : memref<2xvector<3x4xf32>> to memref<2x3xvector<4xf32>>
      scf.for %arg3 = %c0 to %c3 step %c1 {
        %3 = affine.apply #map4(%arg3)
        %4 = memref.load %2[%arg2, %arg3] : memref<2x3xvector<4xf32>>
        vector.transfer_write %4, %arg0[%1, %3, %c1] {in_bounds = [true]} : vector<4xf32>, memref<8x8x8xf32>
      }
    }
    return
  }
  func.func @masked_in_another_order(%arg0: memref<?x?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<2x3x4xi1>, %arg4: vector<4x2x3xf32>) -> vector<4x2x3xf32> {
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<2x3x4xf32>>
    %alloca_0 = memref.alloca() : memref<vector<2x3x4xi1>>
    %alloca_1 = memref.alloca() : memref<vector<2x3x4xf32>>
    %alloca_2 = memref.alloca() : memref<vector<2x3x4xi1>>
    memref.store %arg3, %alloca_0[] : memref<vector<2x3x4xi1>>
    %0 = vector.type_cast %alloca : memref<vector<2x3x4xf32>> to memref<2xvector<3x4xf32>>
    %1 = vector.type_cast %alloca_0 : memref<vector<2x3x4xi1>> to memref<2xvector<3x4xi1>>
    scf.for %arg5 = %c0 to %c2 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?x?xf32>
      %7 = affine.apply #map(%arg5)[%arg1]
      %8 = arith.cmpi sgt, %dim, %7 : index
      scf.if %8 {
        %9 = affine.apply #map(%arg5)[%arg1]
        %10 = vector.type_cast %0 : memref<2xvector<3x4xf32>> to memref<2x3xvector<4xf32>>
        %11 = vector.type_cast %1 : memref<2xvector<3x4xi1>> to memref<2x3xvector<4xi1>>
        scf.for %arg6 = %c0 to %c3 step %c1 {
          %12 = affine.apply #map(%arg6)[%arg1]
          %13 = memref.load %11[%arg5, %arg6] : memref<2x3xvector<4xi1>>
          %14 = vector.transfer_read %arg0[%9, %12, %arg1], %arg2, %13 {in_bounds = [true]} : memref<?x?x?xf32>, vector<4xf32>
          memref.store %14, %10[%arg5, %arg6] : memref<2x3xvector<4xf32>>
        }
      } else {
        %9 = vector.broadcast %arg2 : f32 to vector<3x4xf32>
        memref.store %9, %0[%arg5] : memref<2xvector<3x4xf32>>
      }
    }
    %2 = memref.load %alloca[] : memref<vector<2x3x4xf32>>
    %3 = vector.transpose %2, [2, 0, 1] : vector<2x3x4xf32> to vector<4x2x3xf32>
    %4 = vector.transpose %arg4, [1, 2, 0] : vector<4x2x3xf32> to vector<2x3x4xf32>
    memref.store %arg3, %alloca_2[] : memref<vector<2x3x4xi1>>
    memref.store %4, %alloca_1[] : memref<vector<2x3x4xf32>>
    %5 = vector.type_cast %alloca_1 : memref<vector<2x3x4xf32>> to memref<2xvector<3x4xf32>>
    %6 = vector.type_cast %alloca_2 : memref<vector<2x3x4xi1>> to memref<2xvector<3x4xi1>>
    scf.for %arg5 = %c0 to %c2 step %c1 {
      %7 = affine.apply #map(%arg5)[%arg1]
      %8 = vector.type_cast %5 : memref<2xvector<3x4xf32>> to memref<2x3xvector<4xf32>>
      %9 = vector.type_cast %6 : memref<2xvector<3x4xi1>> to memref<2x3xvector<4xi1>>
      scf.for %arg6 = %c0 to %c3 step %c1 {
        %dim = memref.dim %arg0, %c1 : memref<?x?x?xf32>
        %10 = affine.apply #map(%arg6)[%arg1]
        %11 = arith.cmpi sgt, %dim, %10 : index
        scf.if %11 {
          %12 = affine.apply #map(%arg6)[%arg1]
          %13 = memref.load %8[%arg5, %arg6] : memref<2x3xvector<4xf32>>
          %14 = memref.load %9[%arg5, %arg6] : memref<2x3xvector<4xi1>>
          vector.transfer_write %13, %arg0[%7, %12, %arg1], %14 : vector<4xf32>, memref<?x?x?xf32>
        } else {
        }
      }
    }
    return %3 : vector<4x2x3xf32>
  }
  func.func @repeated_inside(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<3x4xi1>) -> vector<3x2x4xf32> {
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x4xf32>>
    %alloca_0 = memref.alloca() : memref<vector<3x4xi1>>
    memref.store %arg3, %alloca_0[] : memref<vector<3x4xi1>>
    %0 = vector.type_cast %alloca : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    %1 = vector.type_cast %alloca_0 : memref<vector<3x4xi1>> to memref<3xvector<4xi1>>
    scf.for %arg4 = %c0 to %c3 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %5 = affine.apply #map(%arg4)[%arg1]
      %6 = arith.cmpi sgt, %dim, %5 : index
      scf.if %6 {
        %7 = affine.apply #map(%arg4)[%arg1]
        %8 = memref.load %1[%arg4] : memref<3xvector<4xi1>>
        %9 = vector.transfer_read %arg0[%7, %arg1], %arg2, %8 : memref<?x?xf32>, vector<4xf32>
        memref.store %9, %0[%arg4] : memref<3xvector<4xf32>>
      } else {
        %7 = vector.broadcast %arg2 : f32 to vector<4xf32>
        memref.store %7, %0[%arg4] : memref<3xvector<4xf32>>
      }
    }
    %2 = memref.load %alloca[] : memref<vector<3x4xf32>>
    %3 = vector.broadcast %2 : vector<3x4xf32> to vector<2x3x4xf32>
    %4 = vector.transpose %3, [1, 0, 2] : vector<2x3x4xf32> to vector<3x2x4xf32>
    return %4 : vector<3x2x4xf32>
  }
  func.func @from_parts(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<2x3x4xf32>) -> vector<2x3x4xf32> {
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x4xf32>>
    %alloca_0 = memref.alloca() : memref<vector<3x4xf32>>
    %0 = vector.type_cast %alloca : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    scf.for %arg4 = %c0 to %c3 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %5 = affine.apply #map(%arg4)[%arg1]
      %6 = arith.cmpi sgt, %dim, %5 : index
      scf.if %6 {
        %7 = affine.apply #map(%arg4)[%arg1]
        %8 = vector.transfer_read %arg0[%7, %arg1], %arg2 : memref<?x?xf32>, vector<4xf32>
        memref.store %8, %0[%arg4] : memref<3xvector<4xf32>>
      } else {
        %7 = vector.broadcast %arg2 : f32 to vector<4xf32>
        memref.store %7, %0[%arg4] : memref<3xvector<4xf32>>
      }
    }
    %1 = memref.load %alloca[] : memref<vector<3x4xf32>>
    %2 = vector.insert %1, %arg3 [1] : vector<3x4xf32> into vector<2x3x4xf32>
    %3 = vector.extract %arg3[0] : vector<3x4xf32> from vector<2x3x4xf32>
    memref.store %3, %alloca_0[] : memref<vector<3x4xf32>>
    %4 = vector.type_cast %alloca_0 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    scf.for %arg4 = %c0 to %c3 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %5 = affine.apply #map(%arg4)[%arg1]
      %6 = arith.cmpi sgt, %dim, %5 : index
      scf.if %6 {
        %7 = affine.apply #map(%arg4)[%arg1]
        %8 = memref.load %4[%arg4] : memref<3xvector<4xf32>>
        vector.transfer_write %8, %arg0[%7, %arg1] : vector<4xf32>, memref<?x?xf32>
      } else {
      }
    }
    return %2 : vector<2x3x4xf32>
  }
  func.func @vectors_in_memory(%arg0: memref<?x?xvector<4xf32>>, %arg1: index, %arg2: vector<4xf32>) -> vector<3x4xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg1], %arg2 : memref<?x?xvector<4xf32>>, vector<3x4xf32>
    return %0 : vector<3x4xf32>
  }
  func.func @scalable(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32) -> vector<3x[4]xf32> {
    %c4 = arith.constant 4 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x[4]xf32>>
    %0 = vector.type_cast %alloca : memref<vector<3x[4]xf32>> to memref<3xvector<[4]xf32>>
    scf.for %arg3 = %c0 to %c3 step %c1 {
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %4 = affine.apply #map(%arg3)[%arg1]
      %5 = arith.cmpi sgt, %dim, %4 : index
      scf.if %5 {
        %6 = affine.apply #map(%arg3)[%arg1]
        %7 = vector.transfer_read %arg0[%6, %arg1], %arg2 : memref<?x?xf32>, vector<[4]xf32>
        memref.store %7, %0[%arg3] : memref<3xvector<[4]xf32>>
      } else {
        %6 = vector.broadcast %arg2 : f32 to vector<[4]xf32>
        memref.store %6, %0[%arg3] : memref<3xvector<[4]xf32>>
      }
    }
    %1 = memref.load %alloca[] : memref<vector<3x[4]xf32>>
    %vscale = vector.vscale
    %c4_vscale = arith.muli %vscale, %c4 : index
    %2 = vector.broadcast %arg2 : f32 to vector<[4]xf32>
    %3 = scf.for %arg3 = %c0 to %c4_vscale step %c1 iter_args(%arg4 = %2) -> (vector<[4]xf32>) {
      %4 = affine.apply #map(%arg3)[%arg1]
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %5 = affine.apply #map(%arg3)[%arg1]
      %6 = arith.cmpi sgt, %dim, %5 : index
      %7 = scf.if %6 -> (vector<[4]xf32>) {
        %8 = memref.load %arg0[%4, %arg1] : memref<?x?xf32>
        %9 = vector.insert %8, %arg4 [%arg3] : f32 into vector<[4]xf32>
        scf.yield %9 : vector<[4]xf32>
      } else {
        scf.yield %arg4 : vector<[4]xf32>
      }
      scf.yield %7 : vector<[4]xf32>
    }
    "test.use"(%3) : (vector<[4]xf32>) -> ()
    return %1 : vector<3x[4]xf32>
  }
}

