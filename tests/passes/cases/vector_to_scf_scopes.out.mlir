#map = affine_map<(d0)[s0] -> (d0 + s0)>
module {
  func.func @s(%arg0: memref<?x?xf32>, %arg1: index, %arg2: f32, %arg3: i1) {
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %alloca = memref.alloca() : memref<vector<3x4xf32>>
    %alloca_0 = memref.alloca() : memref<vector<3x4xf32>>
    %alloca_1 = memref.alloca() : memref<vector<3x4xf32>>
    scf.if %arg3 {
      %0 = vector.type_cast %alloca : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg4 = %c0 to %c3 step %c1 {
        %2 = affine.apply #map(%arg4)[%arg1]
        %3 = vector.transfer_read %arg0[%2, %c1], %arg2 {in_bounds = [true]} : memref<?x?xf32>, vector<4xf32>
        memref.store %3, %0[%arg4] : memref<3xvector<4xf32>>
      }
      %1 = memref.load %alloca[] : memref<vector<3x4xf32>>
      "test.use"(%1) {"used in if"} : (vector<3x4xf32>) -> ()
    }
    scf.while : () -> () {
      scf.condition(%arg3)
    } do {
      %0 = vector.type_cast %alloca_0 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg4 = %c0 to %c3 step %c1 {
        %2 = affine.apply #map(%arg4)[%arg1]
        %3 = vector.transfer_read %arg0[%2, %c1], %arg2 {in_bounds = [true]} : memref<?x?xf32>, vector<4xf32>
        memref.store %3, %0[%arg4] : memref<3xvector<4xf32>>
      }
      %1 = memref.load %alloca_0[] : memref<vector<3x4xf32>>
      "test.use"(%1) {"used in while"} : (vector<3x4xf32>) -> ()
      scf.yield
    }
    scf.parallel (%arg4) = (%c0) to (%arg1) step (%c1) {
      %alloca_2 = memref.alloca() : memref<vector<3x4xf32>>
      %0 = vector.type_cast %alloca_2 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg5 = %c0 to %c3 step %c1 {
        %2 = affine.apply #map(%arg5)[%arg1]
        %3 = vector.transfer_read %arg0[%2, %c1], %arg2 {in_bounds = [true]} : memref<?x?xf32>, vector<4xf32>
        memref.store %3, %0[%arg5] : memref<3xvector<4xf32>>
      }
      %1 = memref.load %alloca_2[] : memref<vector<3x4xf32>>
      "test.use"(%1) {"used in parallel"} : (vector<3x4xf32>) -> ()
      scf.reduce 
    }
    scf.forall (%arg4) in (%arg1) {
      %alloca_2 = memref.alloca() : memref<vector<3x4xf32>>
      %0 = vector.type_cast %alloca_2 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg5 = %c0 to %c3 step %c1 {
        %2 = affine.apply #map(%arg5)[%arg1]
        %3 = vector.transfer_read %arg0[%2, %c1], %arg2 {in_bounds = [true]} : memref<?x?xf32>, vector<4xf32>
        memref.store %3, %0[%arg5] : memref<3xvector<4xf32>>
      }
      %1 = memref.load %alloca_2[] : memref<vector<3x4xf32>>
      "test.use"(%1) {"used in forall"} : (vector<3x4xf32>) -> ()
    }
    affine.for %arg4 = 0 to 10 {
      %alloca_2 = memref.alloca() : memref<vector<3x4xf32>>
      %0 = vector.type_cast %alloca_2 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg5 = %c0 to %c3 step %c1 {
        %2 = affine.apply #map(%arg5)[%arg1]
        %3 = vector.transfer_read %arg0[%2, %c1], %arg2 {in_bounds = [true]} : memref<?x?xf32>, vector<4xf32>
        memref.store %3, %0[%arg5] : memref<3xvector<4xf32>>
      }
      %1 = memref.load %alloca_2[] : memref<vector<3x4xf32>>
      "test.use"(%1) {"used in afor"} : (vector<3x4xf32>) -> ()
    }
    affine.parallel (%arg4) = (0) to (10) {
      %alloca_2 = memref.alloca() : memref<vector<3x4xf32>>
      %0 = vector.type_cast %alloca_2 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg5 = %c0 to %c3 step %c1 {
        %2 = affine.apply #map(%arg5)[%arg1]
        %3 = vector.transfer_read %arg0[%2, %c1], %arg2 {in_bounds = [true]} : memref<?x?xf32>, vector<4xf32>
        memref.store %3, %0[%arg5] : memref<3xvector<4xf32>>
      }
      %1 = memref.load %alloca_2[] : memref<vector<3x4xf32>>
      "test.use"(%1) {"used in aparallel"} : (vector<3x4xf32>) -> ()
    }
    scf.execute_region {
      %0 = vector.type_cast %alloca_1 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg4 = %c0 to %c3 step %c1 {
        %2 = affine.apply #map(%arg4)[%arg1]
        %3 = vector.transfer_read %arg0[%2, %c1], %arg2 {in_bounds = [true]} : memref<?x?xf32>, vector<4xf32>
        memref.store %3, %0[%arg4] : memref<3xvector<4xf32>>
      }
      %1 = memref.load %alloca_1[] : memref<vector<3x4xf32>>
      "test.use"(%1) {"used in exec"} : (vector<3x4xf32>) -> ()
      scf.yield
    }
    memref.alloca_scope  {
      %alloca_2 = memref.alloca() : memref<vector<3x4xf32>>
      %0 = vector.type_cast %alloca_2 : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
      scf.for %arg4 = %c0 to %c3 step %c1 {
        %2 = affine.apply #map(%arg4)[%arg1]
        %3 = vector.transfer_read %arg0[%2, %c1], %arg2 {in_bounds = [true]} : memref<?x?xf32>, vector<4xf32>
        memref.store %3, %0[%arg4] : memref<3xvector<4xf32>>
      }
      %1 = memref.load %alloca_2[] : memref<vector<3x4xf32>>
      "test.use"(%1) {"used in scope"} : (vector<3x4xf32>) -> ()
    }
    return
  }
}

