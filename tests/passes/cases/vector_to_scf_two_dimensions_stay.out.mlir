#map = affine_map<(d0)[s0] -> (d0 + s0)>
#map1 = affine_map<(d0, d1) -> (d0, 0)>
#map2 = affine_map<(d0, d1) -> (d0)>
#map3 = affine_map<(d0) -> (d0 * 4 + 1)>
#map4 = affine_map<(d0) -> (d0 + 1)>
module {
  func.func @read(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32) -> vector<3x4xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<3x4xf32>
    return %0 : vector<3x4xf32>
  }
  func.func @read3(%arg0: memref<?x?x9xf32>, %arg1: index, %arg2: index, %arg3: f32, %arg4: vector<2x3x4xi1>) -> vector<2x3x4xf32> {
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
      %4 = memref.load %1[%arg5] : memref<2xvector<3x4xi1>>
      %5 = vector.transfer_read %arg0[%3, %arg2, %c2], %arg3, %4 {in_bounds = [false, true]} : memref<?x?x9xf32>, vector<3x4xf32>
      memref.store %5, %0[%arg5] : memref<2xvector<3x4xf32>>
    }
    %2 = memref.load %alloca[] : memref<vector<2x3x4xf32>>
    return %2 : vector<2x3x4xf32>
  }
  func.func @transp(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32) -> vector<3x4xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<4x3xf32>
    %1 = vector.transpose %0, [1, 0] : vector<4x3xf32> to vector<3x4xf32>
    return %1 : vector<3x4xf32>
  }
  func.func @bcast(%arg0: memref<?x?xf32>, %arg1: index, %arg2: index, %arg3: f32, %arg4: vector<3xi1>) -> vector<3x4xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg2], %arg3, %arg4 {permutation_map = #map1} : memref<?x?xf32>, vector<3x4xf32>
    %1 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<4xf32>
    %2 = vector.broadcast %1 : vector<4xf32> to vector<3x4xf32>
    %3 = vector.transfer_read %arg0[%arg1, %arg2], %arg3 : memref<?x?xf32>, vector<f32>
    %4 = vector.broadcast %3 : vector<f32> to vector<3x4xf32>
    %5 = arith.addf %0, %2 : vector<3x4xf32>
    %6 = arith.addf %5, %4 : vector<3x4xf32>
    return %6 : vector<3x4xf32>
  }
  func.func @wr(%arg0: memref<?x?x?xf32>, %arg1: index, %arg2: vector<3x4xf32>, %arg3: vector<3x4xi1>) {
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x4x1xf32>>
    %alloca_0 = memref.alloca() : memref<vector<3x4x1xi1>>
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
      %7 = affine.apply #map(%arg4)[%arg1]
      %8 = arith.cmpi sgt, %dim, %7 : index
      scf.if %8 {
        %9 = affine.apply #map(%arg4)[%arg1]
        %10 = memref.load %4[%arg4] : memref<3xvector<4x1xf32>>
        %11 = memref.load %5[%arg4] : memref<3xvector<4x1xi1>>
        vector.transfer_write %10, %arg0[%9, %arg1, %arg1], %11 {in_bounds = [false, true]} : vector<4x1xf32>, memref<?x?x?xf32>
      } else {
      }
    }
    %6 = vector.transpose %arg2, [1, 0] : vector<3x4xf32> to vector<4x3xf32>
    vector.transfer_write %6, %arg0[%arg1, %arg1, %arg1] : vector<4x3xf32>, memref<?x?x?xf32>
    return
  }
  func.func @one(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<4xi1>) -> vector<4xf32> {
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c0 = arith.constant 0 : index
    %0 = vector.transfer_read %arg0[%arg1, %arg1], %arg2, %arg3 {permutation_map = #map2} : memref<?x?xf32>, vector<4xf32>
    %1 = vector.broadcast %0 : vector<4xf32> to vector<1x4xf32>
    %2 = vector.transpose %1, [1, 0] : vector<1x4xf32> to vector<4x1xf32>
    vector.transfer_write %2, %arg0[%arg1, %arg1] {in_bounds = [false, true]} : vector<4x1xf32>, memref<?x?xf32>
    vector.print punctuation <open>
    scf.for %arg4 = %c0 to %c4 step %c1 {
      %3 = vector.extract %0[%arg4] : f32 from vector<4xf32>
      vector.print %3 : f32 punctuation <no_punctuation>
      %4 = arith.cmpi ult, %arg4, %c3 : index
      scf.if %4 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return %0 : vector<4xf32>
  }
  func.func @loops(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %arg3 = %c0 to %arg1 step %c1 {
      %0 = affine.apply #map3(%arg3)
      %1 = vector.transfer_read %arg0[%0, %c1], %arg2 : memref<?x?xf32>, vector<3x4xf32>
      vector.transfer_write %1, %arg0[%c0, %0] : vector<3x4xf32>, memref<?x?xf32>
    }
    return
  }
  func.func @strided(%arg0: memref<8x8xf32, strided<[8, 2], offset: ?>>, %arg1: index, %arg2: f32, %arg3: vector<4xf32>, %arg4: vector<4xi1>) -> vector<4xf32> {
    %c5 = arith.constant 5 : index
    %0 = vector.transfer_read %arg0[%arg1, %c5], %arg2, %arg4 : memref<8x8xf32, strided<[8, 2], offset: ?>>, vector<4xf32>
    vector.transfer_write %arg3, %arg0[%arg1, %c5], %arg4 : vector<4xf32>, memref<8x8xf32, strided<[8, 2], offset: ?>>
    return %0 : vector<4xf32>
  }
  func.func @repeated(%arg0: memref<8xf32>, %arg1: index, %arg2: f32) -> vector<4xf32> {
    %0 = vector.transfer_read %arg0[%arg1], %arg2 : memref<8xf32>, vector<f32>
    %1 = vector.broadcast %0 : vector<f32> to vector<4xf32>
    return %1 : vector<4xf32>
  }
  func.func @inside(%arg0: memref<8x8x8xf32>, %arg1: f32) -> vector<2x3x4xf32> {
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %alloca = memref.alloca() : memref<vector<2x3x4xf32>>
    %0 = vector.type_cast %alloca : memref<vector<2x3x4xf32>> to memref<2xvector<3x4xf32>>
    scf.for %arg2 = %c0 to %c2 step %c1 {
      %2 = affine.apply #map4(%arg2)
      %3 = vector.transfer_read %arg0[%2, %c1, %c1], %arg1 {in_bounds = [true, true]} : memref<8x8x8xf32>, vector<3x4xf32>
      memref.store %3, %0[%arg2] : memref<2xvector<3x4xf32>>
    }
    %1 = memref.load %alloca[] : memref<vector<2x3x4xf32>>
    return %1 : vector<2x3x4xf32>
  }
  func.func @inside_write(%arg0: memref<8x8x8xf32>, %arg1: vector<2x3x4xf32>) {
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %alloca = memref.alloca() : memref<vector<2x3x4xf32>>
    memref.store %arg1, %alloca[] : memref<vector<2x3x4xf32>>
    %0 = vector.type_cast %alloca : memref<vector<2x3x4xf32>> to memref<2xvector<3x4xf32>>
    scf.for %arg2 = %c0 to %c2 step %c1 {
      %1 = affine.apply #map4(%arg2)
      %2 = memref.load %0[%arg2] : memref<2xvector<3x4xf32>>
      vector.transfer_write %2, %arg0[%1, %c1, %c1] {in_bounds = [true, true]} : vector<3x4xf32>, memref<8x8x8xf32>
    }
    return
  }
  func.func @masked_in_another_order(%arg0: memref<?x?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<2x3x4xi1>, %arg4: vector<4x2x3xf32>) -> vector<4x2x3xf32> {
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
        %10 = memref.load %1[%arg5] : memref<2xvector<3x4xi1>>
        %11 = vector.transfer_read %arg0[%9, %arg1, %arg1], %arg2, %10 {in_bounds = [true, true]} : memref<?x?x?xf32>, vector<3x4xf32>
        memref.store %11, %0[%arg5] : memref<2xvector<3x4xf32>>
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
      %8 = memref.load %5[%arg5] : memref<2xvector<3x4xf32>>
      %9 = memref.load %6[%arg5] : memref<2xvector<3x4xi1>>
      vector.transfer_write %8, %arg0[%7, %arg1, %arg1], %9 : vector<3x4xf32>, memref<?x?x?xf32>
    }
    return %3 : vector<4x2x3xf32>
  }
  func.func @repeated_inside(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<3x4xi1>) -> vector<3x2x4xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg1], %arg2, %arg3 : memref<?x?xf32>, vector<3x4xf32>
    %1 = vector.broadcast %0 : vector<3x4xf32> to vector<2x3x4xf32>
    %2 = vector.transpose %1, [1, 0, 2] : vector<2x3x4xf32> to vector<3x2x4xf32>
    return %2 : vector<3x2x4xf32>
  }
  func.func @from_parts(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<2x3x4xf32>) -> vector<2x3x4xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg1], %arg2 : memref<?x?xf32>, vector<3x4xf32>
    %1 = vector.insert %0, %arg3 [1] : vector<3x4xf32> into vector<2x3x4xf32>
    %2 = vector.extract %arg3[0] : vector<3x4xf32> from vector<2x3x4xf32>
    vector.transfer_write %2, %arg0[%arg1, %arg1] : vector<3x4xf32>, memref<?x?xf32>
    return %1 : vector<2x3x4xf32>
  }
  func.func @vectors_in_memory(%arg0: memref<?x?xvector<4xf32>>, %arg1: index, %arg2: vector<4xf32>) -> vector<3x4xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg1], %arg2 : memref<?x?xvector<4xf32>>, vector<3x4xf32>
    return %0 : vector<3x4xf32>
  }
  func.func @scalable(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32) -> vector<3x[4]xf32> {
    %0 = vector.transfer_read %arg0[%arg1, %arg1], %arg2 : memref<?x?xf32>, vector<3x[4]xf32>
    %1 = vector.transfer_read %arg0[%arg1, %arg1], %arg2 {permutation_map = #map2} : memref<?x?xf32>, vector<[4]xf32>
    "test.use"(%1) : (vector<[4]xf32>) -> ()
    return %0 : vector<3x[4]xf32>
  }
  func.func @under_a_mask(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: vector<3x4xi1>) -> vector<3x4xf32> {
    %0 = vector.mask %arg3 { vector.transfer_read %arg0[%arg1, %arg1], %arg2 : memref<?x?xf32>, vector<3x4xf32> } : vector<3x4xi1> -> vector<3x4xf32>
    return %0 : vector<3x4xf32>
  }
}

