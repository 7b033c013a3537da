#map = affine_map<()[s0] -> (s0 + 1)>
#map1 = affine_map<()[s0] -> (s0 + 2)>
#map2 = affine_map<()[s0] -> (s0 + 3)>
#map3 = affine_map<(d0)[s0] -> (d0 + s0)>
#map4 = affine_map<(d0) -> (d0 * 4 + 1)>
#map5 = affine_map<(d0) -> (d0 * 4 + 2)>
#map6 = affine_map<(d0) -> (d0 * 4 + 3)>
#map7 = affine_map<(d0) -> (d0 + 5)>
module {
  func.func @read(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32) -> vector<3x4xf32> {
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %arg3 : f32 to vector<3x4xf32>
    %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
    %1 = arith.cmpi sgt, %dim, %arg1 : index
    %2 = scf.if %1 -> (vector<3x4xf32>) {
      %9 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<4xf32>
      %10 = vector.insert %9, %0 [0] : vector<4xf32> into vector<3x4xf32>
      scf.yield %10 : vector<3x4xf32>
    } else {
      scf.yield %0 : vector<3x4xf32>
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %3 = affine.apply #map()[%arg1]
    %4 = arith.cmpi sgt, %dim_0, %3 : index
    %5 = scf.if %4 -> (vector<3x4xf32>) {
      %9 = affine.apply #map()[%arg1]
      %10 = vector.transfer_read %arg0[%9, %arg2], %arg3 : memref<?x?xf32>, vector<4xf32>
      %11 = vector.insert %10, %2 [1] : vector<4xf32> into vector<3x4xf32>
      scf.yield %11 : vector<3x4xf32>
    } else {
      scf.yield %2 : vector<3x4xf32>
    }
    %dim_1 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %6 = affine.apply #map1()[%arg1]
    %7 = arith.cmpi sgt, %dim_1, %6 : index
    %8 = scf.if %7 -> (vector<3x4xf32>) {
      %9 = affine.apply #map1()[%arg1]
      %10 = vector.transfer_read %arg0[%9, %arg2], %arg3 : memref<?x?xf32>, vector<4xf32>
      %11 = vector.insert %10, %5 [2] : vector<4xf32> into vector<3x4xf32>
      scf.yield %11 : vector<3x4xf32>
    } else {
      scf.yield %5 : vector<3x4xf32>
    }
    return %8 : vector<3x4xf32>
  }
  func.func @read3(%arg0: memref<?x?x9xf32>, %arg1: index, %arg2: index, %arg3: f32, %arg4: vector<2x3x4xi1>) -> vector<2x3x4xf32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %0 = vector.broadcast %arg3 : f32 to vector<2x3x4xf32>
    %dim = memref.dim %arg0, %c1 : memref<?x?x9xf32>
    %1 = arith.cmpi sgt, %dim, %arg2 : index
    %2 = scf.if %1 -> (vector<2x3x4xf32>) {
      %18 = vector.extract %arg4[0, 0] : vector<4xi1> from vector<2x3x4xi1>
      %19 = vector.transfer_read %arg0[%arg1, %arg2, %c2], %arg3, %18 {in_bounds = [true]} : memref<?x?x9xf32>, vector<4xf32>
      %20 = vector.insert %19, %0 [0, 0] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %20 : vector<2x3x4xf32>
    } else {
      scf.yield %0 : vector<2x3x4xf32>
    }
    %dim_0 = memref.dim %arg0, %c1 : memref<?x?x9xf32>
    %3 = affine.apply #map()[%arg2]
    %4 = arith.cmpi sgt, %dim_0, %3 : index
    %5 = scf.if %4 -> (vector<2x3x4xf32>) {
      %18 = affine.apply #map()[%arg2]
      %19 = vector.extract %arg4[0, 1] : vector<4xi1> from vector<2x3x4xi1>
      %20 = vector.transfer_read %arg0[%arg1, %18, %c2], %arg3, %19 {in_bounds = [true]} : memref<?x?x9xf32>, vector<4xf32>
      %21 = vector.insert %20, %2 [0, 1] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %21 : vector<2x3x4xf32>
    } else {
      scf.yield %2 : vector<2x3x4xf32>
    }
    %dim_1 = memref.dim %arg0, %c1 : memref<?x?x9xf32>
    %6 = affine.apply #map1()[%arg2]
    %7 = arith.cmpi sgt, %dim_1, %6 : index
    %8 = scf.if %7 -> (vector<2x3x4xf32>) {
      %18 = affine.apply #map1()[%arg2]
      %19 = vector.extract %arg4[0, 2] : vector<4xi1> from vector<2x3x4xi1>
      %20 = vector.transfer_read %arg0[%arg1, %18, %c2], %arg3, %19 {in_bounds = [true]} : memref<?x?x9xf32>, vector<4xf32>
      %21 = vector.insert %20, %5 [0, 2] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %21 : vector<2x3x4xf32>
    } else {
      scf.yield %5 : vector<2x3x4xf32>
    }
    %9 = affine.apply #map()[%arg1]
    %dim_2 = memref.dim %arg0, %c1 : memref<?x?x9xf32>
    %10 = arith.cmpi sgt, %dim_2, %arg2 : index
    %11 = scf.if %10 -> (vector<2x3x4xf32>) {
      %18 = vector.extract %arg4[1, 0] : vector<4xi1> from vector<2x3x4xi1>
      %19 = vector.transfer_read %arg0[%9, %arg2, %c2], %arg3, %18 {in_bounds = [true]} : memref<?x?x9xf32>, vector<4xf32>
      %20 = vector.insert %19, %8 [1, 0] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %20 : vector<2x3x4xf32>
    } else {
      scf.yield %8 : vector<2x3x4xf32>
    }
    %dim_3 = memref.dim %arg0, %c1 : memref<?x?x9xf32>
    %12 = affine.apply #map()[%arg2]
    %13 = arith.cmpi sgt, %dim_3, %12 : index
    %14 = scf.if %13 -> (vector<2x3x4xf32>) {
      %18 = affine.apply #map()[%arg2]
      %19 = vector.extract %arg4[1, 1] : vector<4xi1> from vector<2x3x4xi1>
      %20 = vector.transfer_read %arg0[%9, %18, %c2], %arg3, %19 {in_bounds = [true]} : memref<?x?x9xf32>, vector<4xf32>
      %21 = vector.insert %20, %11 [1, 1] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %21 : vector<2x3x4xf32>
    } else {
      scf.yield %11 : vector<2x3x4xf32>
    }
    %dim_4 = memref.dim %arg0, %c1 : memref<?x?x9xf32>
    %15 = affine.apply #map1()[%arg2]
    %16 = arith.cmpi sgt, %dim_4, %15 : index
    %17 = scf.if %16 -> (vector<2x3x4xf32>) {
      %18 = affine.apply #map1()[%arg2]
      %19 = vector.extract %arg4[1, 2] : vector<4xi1> from vector<2x3x4xi1>
      %20 = vector.transfer_read %arg0[%9, %18, %c2], %arg3, %19 {in_bounds = [true]} : memref<?x?x9xf32>, vector<4xf32>
      %21 = vector.insert %20, %14 [1, 2] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %21 : vector<2x3x4xf32>
    } else {
      scf.yield %14 : vector<2x3x4xf32>
    }
    return %17 : vector<2x3x4xf32>
  }
  func.func @transp(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32) -> vector<3x4xf32> {
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %arg3 : f32 to vector<4x3xf32>
    %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
    %1 = arith.cmpi sgt, %dim, %arg1 : index
    %2 = scf.if %1 -> (vector<4x3xf32>) {
      %13 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<3xf32>
      %14 = vector.insert %13, %0 [0] : vector<3xf32> into vector<4x3xf32>
      scf.yield %14 : vector<4x3xf32>
    } else {
      scf.yield %0 : vector<4x3xf32>
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %3 = affine.apply #map()[%arg1]
    %4 = arith.cmpi sgt, %dim_0, %3 : index
    %5 = scf.if %4 -> (vector<4x3xf32>) {
      %13 = affine.apply #map()[%arg1]
      %14 = vector.transfer_read %arg0[%13, %arg2], %arg3 : memref<?x?xf32>, vector<3xf32>
      %15 = vector.insert %14, %2 [1] : vector<3xf32> into vector<4x3xf32>
      scf.yield %15 : vector<4x3xf32>
    } else {
      scf.yield %2 : vector<4x3xf32>
    }
    %dim_1 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %6 = affine.apply #map1()[%arg1]
    %7 = arith.cmpi sgt, %dim_1, %6 : index
    %8 = scf.if %7 -> (vector<4x3xf32>) {
      %13 = affine.apply #map1()[%arg1]
      %14 = vector.transfer_read %arg0[%13, %arg2], %arg3 : memref<?x?xf32>, vector<3xf32>
      %15 = vector.insert %14, %5 [2] : vector<3xf32> into vector<4x3xf32>
      scf.yield %15 : vector<4x3xf32>
    } else {
      scf.yield %5 : vector<4x3xf32>
    }
    %dim_2 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %9 = affine.apply #map2()[%arg1]
    %10 = arith.cmpi sgt, %dim_2, %9 : index
    %11 = scf.if %10 -> (vector<4x3xf32>) {
      %13 = affine.apply #map2()[%arg1]
      %14 = vector.transfer_read %arg0[%13, %arg2], %arg3 : memref<?x?xf32>, vector<3xf32>
      %15 = vector.insert %14, %8 [3] : vector<3xf32> into vector<4x3xf32>
      scf.yield %15 : vector<4x3xf32>
    } else {
      scf.yield %8 : vector<4x3xf32>
    }
    %12 = vector.transpose %11, [1, 0] : vector<4x3xf32> to vector<3x4xf32>
    return %12 : vector<3x4xf32>
  }
  func.func @bcast(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32, %arg4: vector<3xi1>) -> vector<3x4xf32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %arg3 : f32 to vector<3x4xf32>
    %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
    %1 = arith.cmpi sgt, %dim, %arg1 : index
    %2 = vector.extract %arg4[0] : i1 from vector<3xi1>
    %3 = arith.andi %1, %2 : i1
    %4 = scf.if %3 -> (vector<3x4xf32>) {
      %21 = vector.broadcast %arg3 : f32 to vector<4xf32>
      %22 = scf.for %arg5 = %c0 to %c4 step %c1 iter_args(%arg6 = %21) -> (vector<4xf32>) {
        %24 = memref.load %arg0[%arg1, %arg2] : memref<?x?xf32>
        %25 = vector.insert %24, %arg6 [%arg5] : f32 into vector<4xf32>
        scf.yield %25 : vector<4xf32>
      }
      %23 = vector.insert %22, %0 [0] : vector<4xf32> into vector<3x4xf32>
      scf.yield %23 : vector<3x4xf32>
    } else {
      scf.yield %0 : vector<3x4xf32>
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %5 = affine.apply #map()[%arg1]
    %6 = arith.cmpi sgt, %dim_0, %5 : index
    %7 = vector.extract %arg4[1] : i1 from vector<3xi1>
    %8 = arith.andi %6, %7 : i1
    %9 = scf.if %8 -> (vector<3x4xf32>) {
      %21 = affine.apply #map()[%arg1]
      %22 = vector.broadcast %arg3 : f32 to vector<4xf32>
      %23 = scf.for %arg5 = %c0 to %c4 step %c1 iter_args(%arg6 = %22) -> (vector<4xf32>) {
        %25 = memref.load %arg0[%21, %arg2] : memref<?x?xf32>
        %26 = vector.insert %25, %arg6 [%arg5] : f32 into vector<4xf32>
        scf.yield %26 : vector<4xf32>
      }
      %24 = vector.insert %23, %4 [1] : vector<4xf32> into vector<3x4xf32>
      scf.yield %24 : vector<3x4xf32>
    } else {
      scf.yield %4 : vector<3x4xf32>
    }
    %dim_1 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %10 = affine.apply #map1()[%arg1]
    %11 = arith.cmpi sgt, %dim_1, %10 : index
    %12 = vector.extract %arg4[2] : i1 from vector<3xi1>
    %13 = arith.andi %11, %12 : i1
    %14 = scf.if %13 -> (vector<3x4xf32>) {
      %21 = affine.apply #map1()[%arg1]
      %22 = vector.broadcast %arg3 : f32 to vector<4xf32>
      %23 = scf.for %arg5 = %c0 to %c4 step %c1 iter_args(%arg6 = %22) -> (vector<4xf32>) {
        %25 = memref.load %arg0[%21, %arg2] : memref<?x?xf32>
        %26 = vector.insert %25, %arg6 [%arg5] : f32 into vector<4xf32>
        scf.yield %26 : vector<4xf32>
      }
      %24 = vector.insert %23, %9 [2] : vector<4xf32> into vector<3x4xf32>
      scf.yield %24 : vector<3x4xf32>
    } else {
      scf.yield %9 : vector<3x4xf32>
    }
    %15 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<4xf32>
    %16 = vector.broadcast %15 : vector<4xf32> to vector<3x4xf32>
    %17 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<f32>
    %18 = vector.broadcast %17 : vector<f32> to vector<3x4xf32>
    %19 = arith.addf %14, %16 : vector<3x4xf32>
    %20 = arith.addf %19, %18 : vector<3x4xf32>
    return %20 : vector<3x4xf32>
  }
  func.func @wr(%arg0: memref<?x?x?xf32>, %arg1: index, %arg2: vector<3x4xf32>, %arg3: vector<3x4xi1>) {
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %arg2 : vector<3x4xf32> to vector<1x3x4xf32>
    %1 = vector.broadcast %arg3 : vector<3x4xi1> to vector<1x3x4xi1>
    %2 = vector.transpose %1, [1, 2, 0] : vector<1x3x4xi1> to vector<3x4x1xi1>
    %3 = vector.transpose %0, [1, 2, 0] : vector<1x3x4xf32> to vector<3x4x1xf32>
    %dim = memref.dim %arg0, %c0 : memref<?x?x?xf32>
    %4 = arith.cmpi sgt, %dim, %arg1 : index
    scf.if %4 {
      %dim_6 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %17 = arith.cmpi sgt, %dim_6, %arg1 : index
      scf.if %17 {
        %24 = vector.extract %3[0, 0] : vector<1xf32> from vector<3x4x1xf32>
        %25 = vector.extract %2[0, 0] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %24, %arg0[%arg1, %arg1, %arg1], %25 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_7 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %18 = affine.apply #map()[%arg1]
      %19 = arith.cmpi sgt, %dim_7, %18 : index
      scf.if %19 {
        %24 = affine.apply #map()[%arg1]
        %25 = vector.extract %3[0, 1] : vector<1xf32> from vector<3x4x1xf32>
        %26 = vector.extract %2[0, 1] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %25, %arg0[%arg1, %24, %arg1], %26 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_8 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %20 = affine.apply #map1()[%arg1]
      %21 = arith.cmpi sgt, %dim_8, %20 : index
      scf.if %21 {
        %24 = affine.apply #map1()[%arg1]
        %25 = vector.extract %3[0, 2] : vector<1xf32> from vector<3x4x1xf32>
        %26 = vector.extract %2[0, 2] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %25, %arg0[%arg1, %24, %arg1], %26 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_9 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %22 = affine.apply #map2()[%arg1]
      %23 = arith.cmpi sgt, %dim_9, %22 : index
      scf.if %23 {
        %24 = affine.apply #map2()[%arg1]
        %25 = vector.extract %3[0, 3] : vector<1xf32> from vector<3x4x1xf32>
        %26 = vector.extract %2[0, 3] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %25, %arg0[%arg1, %24, %arg1], %26 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
    } else {
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?x?xf32>
    %5 = affine.apply #map()[%arg1]
    %6 = arith.cmpi sgt, %dim_0, %5 : index
    scf.if %6 {
      %17 = affine.apply #map()[%arg1]
      %dim_6 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %18 = arith.cmpi sgt, %dim_6, %arg1 : index
      scf.if %18 {
        %25 = vector.extract %3[1, 0] : vector<1xf32> from vector<3x4x1xf32>
        %26 = vector.extract %2[1, 0] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %25, %arg0[%17, %arg1, %arg1], %26 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_7 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %19 = affine.apply #map()[%arg1]
      %20 = arith.cmpi sgt, %dim_7, %19 : index
      scf.if %20 {
        %25 = affine.apply #map()[%arg1]
        %26 = vector.extract %3[1, 1] : vector<1xf32> from vector<3x4x1xf32>
        %27 = vector.extract %2[1, 1] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %26, %arg0[%17, %25, %arg1], %27 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_8 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %21 = affine.apply #map1()[%arg1]
      %22 = arith.cmpi sgt, %dim_8, %21 : index
      scf.if %22 {
        %25 = affine.apply #map1()[%arg1]
        %26 = vector.extract %3[1, 2] : vector<1xf32> from vector<3x4x1xf32>
        %27 = vector.extract %2[1, 2] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %26, %arg0[%17, %25, %arg1], %27 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_9 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %23 = affine.apply #map2()[%arg1]
      %24 = arith.cmpi sgt, %dim_9, %23 : index
      scf.if %24 {
        %25 = affine.apply #map2()[%arg1]
        %26 = vector.extract %3[1, 3] : vector<1xf32> from vector<3x4x1xf32>
        %27 = vector.extract %2[1, 3] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %26, %arg0[%17, %25, %arg1], %27 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
    } else {
    }
    %dim_1 = memref.dim %arg0, %c0 : memref<?x?x?xf32>
    %7 = affine.apply #map1()[%arg1]
    %8 = arith.cmpi sgt, %dim_1, %7 : index
    scf.if %8 {
      %17 = affine.apply #map1()[%arg1]
      %dim_6 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %18 = arith.cmpi sgt, %dim_6, %arg1 : index
      scf.if %18 {
        %25 = vector.extract %3[2, 0] : vector<1xf32> from vector<3x4x1xf32>
        %26 = vector.extract %2[2, 0] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %25, %arg0[%17, %arg1, %arg1], %26 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_7 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %19 = affine.apply #map()[%arg1]
      %20 = arith.cmpi sgt, %dim_7, %19 : index
      scf.if %20 {
        %25 = affine.apply #map()[%arg1]
        %26 = vector.extract %3[2, 1] : vector<1xf32> from vector<3x4x1xf32>
        %27 = vector.extract %2[2, 1] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %26, %arg0[%17, %25, %arg1], %27 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_8 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %21 = affine.apply #map1()[%arg1]
      %22 = arith.cmpi sgt, %dim_8, %21 : index
      scf.if %22 {
        %25 = affine.apply #map1()[%arg1]
        %26 = vector.extract %3[2, 2] : vector<1xf32> from vector<3x4x1xf32>
        %27 = vector.extract %2[2, 2] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %26, %arg0[%17, %25, %arg1], %27 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
      %dim_9 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
      %23 = affine.apply #map2()[%arg1]
      %24 = arith.cmpi sgt, %dim_9, %23 : index
      scf.if %24 {
        %25 = affine.apply #map2()[%arg1]
        %26 = vector.extract %3[2, 3] : vector<1xf32> from vector<3x4x1xf32>
        %27 = vector.extract %2[2, 3] : vector<1xi1> from vector<3x4x1xi1>
        vector.transfer_write %26, %arg0[%17, %25, %arg1], %27 {in_bounds = [true]} : vector<1xf32>, memref<?x?x?xf32>
      } else {
      }
    } else {
    }
    %9 = vector.transpose %arg2, [1, 0] : vector<3x4xf32> to vector<4x3xf32>
    %dim_2 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %10 = arith.cmpi sgt, %dim_2, %arg1 : index
    scf.if %10 {
      %17 = vector.extract %9[0] : vector<3xf32> from vector<4x3xf32>
      vector.transfer_write %17, %arg0[%arg1, %arg1, %arg1] : vector<3xf32>, memref<?x?x?xf32>
    } else {
    }
    %dim_3 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %11 = affine.apply #map()[%arg1]
    %12 = arith.cmpi sgt, %dim_3, %11 : index
    scf.if %12 {
      %17 = affine.apply #map()[%arg1]
      %18 = vector.extract %9[1] : vector<3xf32> from vector<4x3xf32>
      vector.transfer_write %18, %arg0[%arg1, %17, %arg1] : vector<3xf32>, memref<?x?x?xf32>
    } else {
    }
    %dim_4 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %13 = affine.apply #map1()[%arg1]
    %14 = arith.cmpi sgt, %dim_4, %13 : index
    scf.if %14 {
      %17 = affine.apply #map1()[%arg1]
      %18 = vector.extract %9[2] : vector<3xf32> from vector<4x3xf32>
      vector.transfer_write %18, %arg0[%arg1, %17, %arg1] : vector<3xf32>, memref<?x?x?xf32>
    } else {
    }
    %dim_5 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %15 = affine.apply #map2()[%arg1]
    %16 = arith.cmpi sgt, %dim_5, %15 : index
    scf.if %16 {
      %17 = affine.apply #map2()[%arg1]
      %18 = vector.extract %9[3] : vector<3xf32> from vector<4x3xf32>
      vector.transfer_write %18, %arg0[%arg1, %17, %arg1] : vector<3xf32>, memref<?x?x?xf32>
    } else {
    }
    return
  }
  func.func @one(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<4xi1>) -> vector<4xf32> {
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %c1 = arith.constant 1 : index
    %0 = vector.broadcast %arg2 : f32 to vector<4xf32>
    %1 = scf.for %arg4 = %c0 to %c4 step %c1 iter_args(%arg5 = %0) -> (vector<4xf32>) {
      %11 = affine.apply #map3(%arg4)[%arg1]
      %dim_3 = memref.dim %arg0, %c0 : memref<?x?xf32>
      %12 = affine.apply #map3(%arg4)[%arg1]
      %13 = arith.cmpi sgt, %dim_3, %12 : index
      %14 = vector.extract %arg3[%arg4] : i1 from vector<4xi1>
      %15 = arith.andi %13, %14 : i1
      %16 = scf.if %15 -> (vector<4xf32>) {
        %17 = memref.load %arg0[%11, %arg1] : memref<?x?xf32>
        %18 = vector.insert %17, %arg5 [%arg4] : f32 into vector<4xf32>
        scf.yield %18 : vector<4xf32>
      } else {
        scf.yield %arg5 : vector<4xf32>
      }
      scf.yield %16 : vector<4xf32>
    }
    %2 = vector.broadcast %1 : vector<4xf32> to vector<1x4xf32>
    %3 = vector.transpose %2, [1, 0] : vector<1x4xf32> to vector<4x1xf32>
    %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
    %4 = arith.cmpi sgt, %dim, %arg1 : index
    scf.if %4 {
      %11 = vector.extract %3[0] : vector<1xf32> from vector<4x1xf32>
      vector.transfer_write %11, %arg0[%arg1, %arg1] {in_bounds = [true]} : vector<1xf32>, memref<?x?xf32>
    } else {
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %5 = affine.apply #map()[%arg1]
    %6 = arith.cmpi sgt, %dim_0, %5 : index
    scf.if %6 {
      %11 = affine.apply #map()[%arg1]
      %12 = vector.extract %3[1] : vector<1xf32> from vector<4x1xf32>
      vector.transfer_write %12, %arg0[%11, %arg1] {in_bounds = [true]} : vector<1xf32>, memref<?x?xf32>
    } else {
    }
    %dim_1 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %7 = affine.apply #map1()[%arg1]
    %8 = arith.cmpi sgt, %dim_1, %7 : index
    scf.if %8 {
      %11 = affine.apply #map1()[%arg1]
      %12 = vector.extract %3[2] : vector<1xf32> from vector<4x1xf32>
      vector.transfer_write %12, %arg0[%11, %arg1] {in_bounds = [true]} : vector<1xf32>, memref<?x?xf32>
    } else {
    }
    %dim_2 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %9 = affine.apply #map2()[%arg1]
    %10 = arith.cmpi sgt, %dim_2, %9 : index
    scf.if %10 {
      %11 = affine.apply #map2()[%arg1]
      %12 = vector.extract %3[3] : vector<1xf32> from vector<4x1xf32>
      vector.transfer_write %12, %arg0[%11, %arg1] {in_bounds = [true]} : vector<1xf32>, memref<?x?xf32>
    } else {
    }
    vector.print punctuation <open>
    scf.for %arg4 = %c0 to %c4 step %c1 {
      %11 = vector.extract %1[%arg4] : f32 from vector<4xf32>
      vector.print %11 : f32 punctuation <no_punctuation>
      %12 = arith.cmpi ult, %arg4, %c3 : index
      scf.if %12 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return %1 : vector<4xf32>
  }
  func.func @loops(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32) {
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %arg3 = %c0 to %arg1 step %c1 {
      %0 = affine.apply #map4(%arg3)
      %1 = vector.broadcast %arg2 : f32 to vector<3x4xf32>
      %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
      %2 = affine.apply #map4(%arg3)
      %3 = arith.cmpi sgt, %dim, %2 : index
      %4 = scf.if %3 -> (vector<3x4xf32>) {
        %14 = affine.apply #map4(%arg3)
        %15 = vector.transfer_read %arg0[%14, %c1], %arg2 : memref<?x?xf32>, vector<4xf32>
        %16 = vector.insert %15, %1 [0] : vector<4xf32> into vector<3x4xf32>
        scf.yield %16 : vector<3x4xf32>
      } else {
        scf.yield %1 : vector<3x4xf32>
      }
      %dim_0 = memref.dim %arg0, %c0 : memref<?x?xf32>
      %5 = affine.apply #map5(%arg3)
      %6 = arith.cmpi sgt, %dim_0, %5 : index
      %7 = scf.if %6 -> (vector<3x4xf32>) {
        %14 = affine.apply #map5(%arg3)
        %15 = vector.transfer_read %arg0[%14, %c1], %arg2 : memref<?x?xf32>, vector<4xf32>
        %16 = vector.insert %15, %4 [1] : vector<4xf32> into vector<3x4xf32>
        scf.yield %16 : vector<3x4xf32>
      } else {
        scf.yield %4 : vector<3x4xf32>
      }
      %dim_1 = memref.dim %arg0, %c0 : memref<?x?xf32>
      %8 = affine.apply #map6(%arg3)
      %9 = arith.cmpi sgt, %dim_1, %8 : index
      %10 = scf.if %9 -> (vector<3x4xf32>) {
        %14 = affine.apply #map6(%arg3)
        %15 = vector.transfer_read %arg0[%14, %c1], %arg2 : memref<?x?xf32>, vector<4xf32>
        %16 = vector.insert %15, %7 [2] : vector<4xf32> into vector<3x4xf32>
        scf.yield %16 : vector<3x4xf32>
      } else {
        scf.yield %7 : vector<3x4xf32>
      }
      %dim_2 = memref.dim %arg0, %c0 : memref<?x?xf32>
      %11 = arith.cmpi sgt, %dim_2, %c0 : index
      scf.if %11 {
        %14 = vector.extract %10[0] : vector<4xf32> from vector<3x4xf32>
        vector.transfer_write %14, %arg0[%c0, %0] : vector<4xf32>, memref<?x?xf32>
      } else {
      }
      %dim_3 = memref.dim %arg0, %c0 : memref<?x?xf32>
      %12 = arith.cmpi sgt, %dim_3, %c1 : index
      scf.if %12 {
        %14 = vector.extract %10[1] : vector<4xf32> from vector<3x4xf32>
        vector.transfer_write %14, %arg0[%c1, %0] : vector<4xf32>, memref<?x?xf32>
      } else {
      }
      %dim_4 = memref.dim %arg0, %c0 : memref<?x?xf32>
      %13 = arith.cmpi sgt, %dim_4, %c2 : index
      scf.if %13 {
        %14 = vector.extract %10[2] : vector<4xf32> from vector<3x4xf32>
        vector.transfer_write %14, %arg0[%c2, %0] : vector<4xf32>, memref<?x?xf32>
      } else {
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
      %2 = affine.apply #map7(%arg5)
      %3 = affine.apply #map7(%arg5)
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
      %2 = affine.apply #map7(%arg5)
      %3 = affine.apply #map7(%arg5)
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
    %c1 = arith.constant 1 : index
    %0 = vector.broadcast %arg1 : f32 to vector<2x3x4xf32>
    %1 = vector.transfer_read %arg0[%c1, %c1, %c1], %arg1 {in_bounds = [true]} : memref<8x8x8xf32>, vector<4xf32>
    %2 = vector.insert %1, %0 [0, 0] : vector<4xf32> into vector<2x3x4xf32>
    %3 = vector.transfer_read %arg0[%c1, %c2, %c1], %arg1 {in_bounds = [true]} : memref<8x8x8xf32>, vector<4xf32>
    %4 = vector.insert %3, %2 [0, 1] : vector<4xf32> into vector<2x3x4xf32>
    %5 = vector.transfer_read %arg0[%c1, %c3, %c1], %arg1 {in_bounds = [true]} : memref<8x8x8xf32>, vector<4xf32>
    %6 = vector.insert %5, %4 [0, 2] : vector<4xf32> into vector<2x3x4xf32>
    %7 = vector.transfer_read %arg0[%c2, %c1, %c1], %arg1 {in_bounds = [true]} : memref<8x8x8xf32>, vector<4xf32>
    %8 = vector.insert %7, %6 [1, 0] : vector<4xf32> into vector<2x3x4xf32>
    %9 = vector.transfer_read %arg0[%c2, %c2, %c1], %arg1 {in_bounds = [true]} : memref<8x8x8xf32>, vector<4xf32>
    %10 = vector.insert %9, %8 [1, 1] : vector<4xf32> into vector<2x3x4xf32>
    %11 = vector.transfer_read %arg0[%c2, %c3, %c1], %arg1 {in_bounds = [true]} : memref<8x8x8xf32>, vector<4xf32>
    %12 = vector.insert %11, %10 [1, 2] : vector<4xf32> into vector<2x3x4xf32>
    return %12 : vector<2x3x4xf32>
  }
  func.func @inside_write(%arg0: memref<8x8x8xf32>, %arg1: vector<2x3x4xf32>) {
    %c3 = arith.constant 3 : index
    %c2 = arith.constant 2 : index
    %c1 = arith.constant 1 : index
    %0 = vector.extract %arg1[0, 0] : vector<4xf32> from vector<2x3x4xf32>
    vector.transfer_write %0, %arg0[%c1, %c1, %c1] {in_bounds = [true]} : vector<4xf32>, memref<8x8x8xf32>
    %1 = vector.extract %arg1[0, 1] : vector<4xf32> from vector<2x3x4xf32>
    vector.transfer_write %1, %arg0[%c1, %c2, %c1] {in_bounds = [true]} : vector<4xf32>, memref<8x8x8xf32>
    %2 = vector.extract %arg1[0, 2] : vector<4xf32> from vector<2x3x4xf32>
    vector.transfer_write %2, %arg0[%c1, %c3, %c1] {in_bounds = [true]} : vector<4xf32>, memref<8x8x8xf32>
    %3 = vector.extract %arg1[1, 0] : vector<4xf32> from vector<2x3x4xf32>
    vector.transfer_write %3, %arg0[%c2, %c1, %c1] {in_bounds = [true]} : vector<4xf32>, memref<8x8x8xf32>
    %4 = vector.extract %arg1[1, 1] : vector<4xf32> from vector<2x3x4xf32>
    vector.transfer_write %4, %arg0[%c2, %c2, %c1] {in_bounds = [true]} : vector<4xf32>, memref<8x8x8xf32>
    %5 = vector.extract %arg1[1, 2] : vector<4xf32> from vector<2x3x4xf32>
    vector.transfer_write %5, %arg0[%c2, %c3, %c1] {in_bounds = [true]} : vector<4xf32>, memref<8x8x8xf32>
    return
  }
  func.func @masked_in_another_order(%arg0: memref<?x?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<2x3x4xi1>, %arg4: vector<4x2x3xf32>) -> vector<4x2x3xf32> {
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %arg2 : f32 to vector<2x3x4xf32>
    %dim = memref.dim %arg0, %c0 : memref<?x?x?xf32>
    %1 = arith.cmpi sgt, %dim, %arg1 : index
    %2 = scf.if %1 -> (vector<2x3x4xf32>) {
      %19 = vector.extract %arg3[0, 0] : vector<4xi1> from vector<2x3x4xi1>
      %20 = vector.transfer_read %arg0[%arg1, %arg1, %arg1], %arg2, %19 {in_bounds = [true]} : memref<?x?x?xf32>, vector<4xf32>
      %21 = vector.insert %20, %0 [0, 0] : vector<4xf32> into vector<2x3x4xf32>
      %22 = affine.apply #map()[%arg1]
      %23 = vector.extract %arg3[0, 1] : vector<4xi1> from vector<2x3x4xi1>
      %24 = vector.transfer_read %arg0[%arg1, %22, %arg1], %arg2, %23 {in_bounds = [true]} : memref<?x?x?xf32>, vector<4xf32>
      %25 = vector.insert %24, %21 [0, 1] : vector<4xf32> into vector<2x3x4xf32>
      %26 = affine.apply #map1()[%arg1]
      %27 = vector.extract %arg3[0, 2] : vector<4xi1> from vector<2x3x4xi1>
      %28 = vector.transfer_read %arg0[%arg1, %26, %arg1], %arg2, %27 {in_bounds = [true]} : memref<?x?x?xf32>, vector<4xf32>
      %29 = vector.insert %28, %25 [0, 2] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %29 : vector<2x3x4xf32>
    } else {
      scf.yield %0 : vector<2x3x4xf32>
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?x?xf32>
    %3 = affine.apply #map()[%arg1]
    %4 = arith.cmpi sgt, %dim_0, %3 : index
    %5 = scf.if %4 -> (vector<2x3x4xf32>) {
      %19 = affine.apply #map()[%arg1]
      %20 = vector.extract %arg3[1, 0] : vector<4xi1> from vector<2x3x4xi1>
      %21 = vector.transfer_read %arg0[%19, %arg1, %arg1], %arg2, %20 {in_bounds = [true]} : memref<?x?x?xf32>, vector<4xf32>
      %22 = vector.insert %21, %2 [1, 0] : vector<4xf32> into vector<2x3x4xf32>
      %23 = affine.apply #map()[%arg1]
      %24 = vector.extract %arg3[1, 1] : vector<4xi1> from vector<2x3x4xi1>
      %25 = vector.transfer_read %arg0[%19, %23, %arg1], %arg2, %24 {in_bounds = [true]} : memref<?x?x?xf32>, vector<4xf32>
      %26 = vector.insert %25, %22 [1, 1] : vector<4xf32> into vector<2x3x4xf32>
      %27 = affine.apply #map1()[%arg1]
      %28 = vector.extract %arg3[1, 2] : vector<4xi1> from vector<2x3x4xi1>
      %29 = vector.transfer_read %arg0[%19, %27, %arg1], %arg2, %28 {in_bounds = [true]} : memref<?x?x?xf32>, vector<4xf32>
      %30 = vector.insert %29, %26 [1, 2] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %30 : vector<2x3x4xf32>
    } else {
      scf.yield %2 : vector<2x3x4xf32>
    }
    %6 = vector.transpose %5, [2, 0, 1] : vector<2x3x4xf32> to vector<4x2x3xf32>
    %7 = vector.transpose %arg4, [1, 2, 0] : vector<4x2x3xf32> to vector<2x3x4xf32>
    %dim_1 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %8 = arith.cmpi sgt, %dim_1, %arg1 : index
    scf.if %8 {
      %19 = vector.extract %7[0, 0] : vector<4xf32> from vector<2x3x4xf32>
      %20 = vector.extract %arg3[0, 0] : vector<4xi1> from vector<2x3x4xi1>
      vector.transfer_write %19, %arg0[%arg1, %arg1, %arg1], %20 : vector<4xf32>, memref<?x?x?xf32>
    } else {
    }
    %dim_2 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %9 = affine.apply #map()[%arg1]
    %10 = arith.cmpi sgt, %dim_2, %9 : index
    scf.if %10 {
      %19 = affine.apply #map()[%arg1]
      %20 = vector.extract %7[0, 1] : vector<4xf32> from vector<2x3x4xf32>
      %21 = vector.extract %arg3[0, 1] : vector<4xi1> from vector<2x3x4xi1>
      vector.transfer_write %20, %arg0[%arg1, %19, %arg1], %21 : vector<4xf32>, memref<?x?x?xf32>
    } else {
    }
    %dim_3 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %11 = affine.apply #map1()[%arg1]
    %12 = arith.cmpi sgt, %dim_3, %11 : index
    scf.if %12 {
      %19 = affine.apply #map1()[%arg1]
      %20 = vector.extract %7[0, 2] : vector<4xf32> from vector<2x3x4xf32>
      %21 = vector.extract %arg3[0, 2] : vector<4xi1> from vector<2x3x4xi1>
      vector.transfer_write %20, %arg0[%arg1, %19, %arg1], %21 : vector<4xf32>, memref<?x?x?xf32>
    } else {
    }
    %13 = affine.apply #map()[%arg1]
    %dim_4 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %14 = arith.cmpi sgt, %dim_4, %arg1 : index
    scf.if %14 {
      %19 = vector.extract %7[1, 0] : vector<4xf32> from vector<2x3x4xf32>
      %20 = vector.extract %arg3[1, 0] : vector<4xi1> from vector<2x3x4xi1>
      vector.transfer_write %19, %arg0[%13, %arg1, %arg1], %20 : vector<4xf32>, memref<?x?x?xf32>
    } else {
    }
    %dim_5 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %15 = affine.apply #map()[%arg1]
    %16 = arith.cmpi sgt, %dim_5, %15 : index
    scf.if %16 {
      %19 = affine.apply #map()[%arg1]
      %20 = vector.extract %7[1, 1] : vector<4xf32> from vector<2x3x4xf32>
      %21 = vector.extract %arg3[1, 1] : vector<4xi1> from vector<2x3x4xi1>
      vector.transfer_write %20, %arg0[%13, %19, %arg1], %21 : vector<4xf32>, memref<?x?x?xf32>
    } else {
    }
    %dim_6 = memref.dim %arg0, %c1 : memref<?x?x?xf32>
    %17 = affine.apply #map1()[%arg1]
    %18 = arith.cmpi sgt, %dim_6, %17 : index
    scf.if %18 {
      %19 = affine.apply #map1()[%arg1]
      %20 = vector.extract %7[1, 2] : vector<4xf32> from vector<2x3x4xf32>
      %21 = vector.extract %arg3[1, 2] : vector<4xi1> from vector<2x3x4xi1>
      vector.transfer_write %20, %arg0[%13, %19, %arg1], %21 : vector<4xf32>, memref<?x?x?xf32>
    } else {
    }
    return %6 : vector<4x2x3xf32>
  }
  func.func @repeated_inside(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<3x4xi1>) -> vector<3x2x4xf32> {
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %arg2 : f32 to vector<3x4xf32>
    %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
    %1 = arith.cmpi sgt, %dim, %arg1 : index
    %2 = scf.if %1 -> (vector<3x4xf32>) {
      %11 = vector.extract %arg3[0] : vector<4xi1> from vector<3x4xi1>
      %12 = vector.transfer_read %arg0[%arg1, %arg1], %arg2, %11 : memref<?x?xf32>, vector<4xf32>
      %13 = vector.insert %12, %0 [0] : vector<4xf32> into vector<3x4xf32>
      scf.yield %13 : vector<3x4xf32>
    } else {
      scf.yield %0 : vector<3x4xf32>
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %3 = affine.apply #map()[%arg1]
    %4 = arith.cmpi sgt, %dim_0, %3 : index
    %5 = scf.if %4 -> (vector<3x4xf32>) {
      %11 = affine.apply #map()[%arg1]
      %12 = vector.extract %arg3[1] : vector<4xi1> from vector<3x4xi1>
      %13 = vector.transfer_read %arg0[%11, %arg1], %arg2, %12 : memref<?x?xf32>, vector<4xf32>
      %14 = vector.insert %13, %2 [1] : vector<4xf32> into vector<3x4xf32>
      scf.yield %14 : vector<3x4xf32>
    } else {
      scf.yield %2 : vector<3x4xf32>
    }
    %dim_1 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %6 = affine.apply #map1()[%arg1]
    %7 = arith.cmpi sgt, %dim_1, %6 : index
    %8 = scf.if %7 -> (vector<3x4xf32>) {
      %11 = affine.apply #map1()[%arg1]
      %12 = vector.extract %arg3[2] : vector<4xi1> from vector<3x4xi1>
      %13 = vector.transfer_read %arg0[%11, %arg1], %arg2, %12 : memref<?x?xf32>, vector<4xf32>
      %14 = vector.insert %13, %5 [2] : vector<4xf32> into vector<3x4xf32>
      scf.yield %14 : vector<3x4xf32>
    } else {
      scf.yield %5 : vector<3x4xf32>
    }
    %9 = vector.broadcast %8 : vector<3x4xf32> to vector<2x3x4xf32>
    %10 = vector.transpose %9, [1, 0, 2] : vector<2x3x4xf32> to vector<3x2x4xf32>
    return %10 : vector<3x2x4xf32>
  }
  func.func @from_parts(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<2x3x4xf32>) -> vector<2x3x4xf32> {
    %c0 = arith.constant 0 : index
    %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
    %0 = arith.cmpi sgt, %dim, %arg1 : index
    %1 = scf.if %0 -> (vector<2x3x4xf32>) {
      %13 = vector.transfer_read %arg0[%arg1, %arg1], %arg2 : memref<?x?xf32>, vector<4xf32>
      %14 = vector.insert %13, %arg3 [1, 0] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %14 : vector<2x3x4xf32>
    } else {
      scf.yield %arg3 : vector<2x3x4xf32>
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %2 = affine.apply #map()[%arg1]
    %3 = arith.cmpi sgt, %dim_0, %2 : index
    %4 = scf.if %3 -> (vector<2x3x4xf32>) {
      %13 = affine.apply #map()[%arg1]
      %14 = vector.transfer_read %arg0[%13, %arg1], %arg2 : memref<?x?xf32>, vector<4xf32>
      %15 = vector.insert %14, %1 [1, 1] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %15 : vector<2x3x4xf32>
    } else {
      scf.yield %1 : vector<2x3x4xf32>
    }
    %dim_1 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %5 = affine.apply #map1()[%arg1]
    %6 = arith.cmpi sgt, %dim_1, %5 : index
    %7 = scf.if %6 -> (vector<2x3x4xf32>) {
      %13 = affine.apply #map1()[%arg1]
      %14 = vector.transfer_read %arg0[%13, %arg1], %arg2 : memref<?x?xf32>, vector<4xf32>
      %15 = vector.insert %14, %4 [1, 2] : vector<4xf32> into vector<2x3x4xf32>
      scf.yield %15 : vector<2x3x4xf32>
    } else {
      scf.yield %4 : vector<2x3x4xf32>
    }
    %dim_2 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %8 = arith.cmpi sgt, %dim_2, %arg1 : index
    scf.if %8 {
      %13 = vector.extract %arg3[0, 0] : vector<4xf32> from vector<2x3x4xf32>
      vector.transfer_write %13, %arg0[%arg1, %arg1] : vector<4xf32>, memref<?x?xf32>
    } else {
    }
    %dim_3 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %9 = affine.apply #map()[%arg1]
    %10 = arith.cmpi sgt, %dim_3, %9 : index
    scf.if %10 {
      %13 = affine.apply #map()[%arg1]
      %14 = vector.extract %arg3[0, 1] : vector<4xf32> from vector<2x3x4xf32>
      vector.transfer_write %14, %arg0[%13, %arg1] : vector<4xf32>, memref<?x?xf32>
    } else {
    }
    %dim_4 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %11 = affine.apply #map1()[%arg1]
    %12 = arith.cmpi sgt, %dim_4, %11 : index
    scf.if %12 {
      %13 = affine.apply #map1()[%arg1]
      %14 = vector.extract %arg3[0, 2] : vector<4xf32> from vector<2x3x4xf32>
      vector.transfer_write %14, %arg0[%13, %arg1] : vector<4xf32>, memref<?x?xf32>
    } else {
    }
    return %7 : vector<2x3x4xf32>
  }
  func.func @vectors_in_memory(%arg0: memref<?x?xvector<4xf32>>, %arg1: index, %arg2: vector<4xf32>) -> vector<3x4xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg1], %arg2 : memref<?x?xvector<4xf32>>, vector<3x4xf32>
    return %0 : vector<3x4xf32>
  }
  func.func @scalable(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32) -> vector<3x[4]xf32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %arg2 : f32 to vector<3x[4]xf32>
    %dim = memref.dim %arg0, %c0 : memref<?x?xf32>
    %1 = arith.cmpi sgt, %dim, %arg1 : index
    %2 = scf.if %1 -> (vector<3x[4]xf32>) {
      %11 = vector.transfer_read %arg0[%arg1, %arg1], %arg2 : memref<?x?xf32>, vector<[4]xf32>
      %12 = vector.insert %11, %0 [0] : vector<[4]xf32> into vector<3x[4]xf32>
      scf.yield %12 : vector<3x[4]xf32>
    } else {
      scf.yield %0 : vector<3x[4]xf32>
    }
    %dim_0 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %3 = affine.apply #map()[%arg1]
    %4 = arith.cmpi sgt, %dim_0, %3 : index
    %5 = scf.if %4 -> (vector<3x[4]xf32>) {
      %11 = affine.apply #map()[%arg1]
      %12 = vector.transfer_read %arg0[%11, %arg1], %arg2 : memref<?x?xf32>, vector<[4]xf32>
      %13 = vector.insert %12, %2 [1] : vector<[4]xf32> into vector<3x[4]xf32>
      scf.yield %13 : vector<3x[4]xf32>
    } else {
      scf.yield %2 : vector<3x[4]xf32>
    }
    %dim_1 = memref.dim %arg0, %c0 : memref<?x?xf32>
    %6 = affine.apply #map1()[%arg1]
    %7 = arith.cmpi sgt, %dim_1, %6 : index
    %8 = scf.if %7 -> (vector<3x[4]xf32>) {
      %11 = affine.apply #map1()[%arg1]
      %12 = vector.transfer_read %arg0[%11, %arg1], %arg2 : memref<?x?xf32>, vector<[4]xf32>
      %13 = vector.insert %12, %5 [2] : vector<[4]xf32> into vector<3x[4]xf32>
      scf.yield %13 : vector<3x[4]xf32>
    } else {
      scf.yield %5 : vector<3x[4]xf32>
    }
    %vscale = vector.vscale
    %c4_vscale = arith.muli %vscale, %c4 : index
    %9 = vector.broadcast %arg2 : f32 to vector<[4]xf32>
    %10 = scf.for %arg3 = %c0 to %c4_vscale step %c1 iter_args(%arg4 = %9) -> (vector<[4]xf32>) {
      %11 = affine.apply #map3(%arg3)[%arg1]
      %dim_2 = memref.dim %arg0, %c0 : memref<?x?xf32>
      %12 = affine.apply #map3(%arg3)[%arg1]
      %13 = arith.cmpi sgt, %dim_2, %12 : index
      %14 = scf.if %13 -> (vector<[4]xf32>) {
        %15 = memref.load %arg0[%11, %arg1] : memref<?x?xf32>
        %16 = vector.insert %15, %arg4 [%arg3] : f32 into vector<[4]xf32>
        scf.yield %16 : vector<[4]xf32>
      } else {
        scf.yield %arg4 : vector<[4]xf32>
      }
      scf.yield %14 : vector<[4]xf32>
    }
    "test.use"(%10) : (vector<[4]xf32>) -> ()
    return %8 : vector<3x[4]xf32>
  }
}

