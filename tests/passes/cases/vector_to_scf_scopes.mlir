// PASSES: func.func(convert-vector-to-scf)
func.func @s(%m: memref<?x?xf32>, %i: index, %p: f32, %c: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.if %c {
    %v = vector.transfer_read %m[%i, %c1], %p {in_bounds=[true,true]} : memref<?x?xf32>, vector<3x4xf32>
    "test.use"(%v) {"used in if"} : (vector<3x4xf32>) -> ()
  }
  scf.while : () -> () { scf.condition(%c) } do {
    %v = vector.transfer_read %m[%i, %c1], %p {in_bounds=[true,true]} : memref<?x?xf32>, vector<3x4xf32>
    "test.use"(%v) {"used in while"} : (vector<3x4xf32>) -> ()
    scf.yield
  }
  scf.parallel (%x) = (%c0) to (%i) step (%c1) {
    %v = vector.transfer_read %m[%i, %c1], %p {in_bounds=[true,true]} : memref<?x?xf32>, vector<3x4xf32>
    "test.use"(%v) {"used in parallel"} : (vector<3x4xf32>) -> ()
  }
  scf.forall (%x) in (%i) {
    %v = vector.transfer_read %m[%i, %c1], %p {in_bounds=[true,true]} : memref<?x?xf32>, vector<3x4xf32>
    "test.use"(%v) {"used in forall"} : (vector<3x4xf32>) -> ()
  }
  affine.for %x = 0 to 10 {
    %v = vector.transfer_read %m[%i, %c1], %p {in_bounds=[true,true]} : memref<?x?xf32>, vector<3x4xf32>
    "test.use"(%v) {"used in afor"} : (vector<3x4xf32>) -> ()
  }
  affine.parallel (%x) = (0) to (10) {
    %v = vector.transfer_read %m[%i, %c1], %p {in_bounds=[true,true]} : memref<?x?xf32>, vector<3x4xf32>
    "test.use"(%v) {"used in aparallel"} : (vector<3x4xf32>) -> ()
  }
  scf.execute_region {
    %v = vector.transfer_read %m[%i, %c1], %p {in_bounds=[true,true]} : memref<?x?xf32>, vector<3x4xf32>
    "test.use"(%v) {"used in exec"} : (vector<3x4xf32>) -> ()
    scf.yield
  }
  memref.alloca_scope {
    %v = vector.transfer_read %m[%i, %c1], %p {in_bounds=[true,true]} : memref<?x?xf32>, vector<3x4xf32>
    "test.use"(%v) {"used in scope"} : (vector<3x4xf32>) -> ()
  }
  return
}
