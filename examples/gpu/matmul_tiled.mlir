// A matrix product through tiles in shared memory, for matrices of any size: each block of 16 x 16
// threads computes a tile of c, and loads the tiles of a and b that it needs one after the other.
// What lies outside the matrices counts as zero.
//
// Entry:     @main
// Arguments: a  memref<?x?xf32>   m x k
//            b  memref<?x?xf32>   k x n
//            c  memref<?x?xf32>   gets a @ b

func.func @main(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %m = memref.dim %c, %c0 : memref<?x?xf32>
  %n = memref.dim %c, %c1 : memref<?x?xf32>
  %k = memref.dim %a, %c1 : memref<?x?xf32>
  %rows = arith.ceildivui %m, %c16 : index
  %columns = arith.ceildivui %n, %c16 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %columns, %gy = %rows, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c16, %sy = %c16, %sz = %c1)
             workgroup(%tile_a: memref<16x16xf32, #gpu.address_space<workgroup>>,
                       %tile_b: memref<16x16xf32, #gpu.address_space<workgroup>>) {
    %zero = arith.constant 0.0 : f32
    %row_start = arith.muli %by, %c16 : index
    %row = arith.addi %row_start, %ty : index
    %column_start = arith.muli %bx, %c16 : index
    %column = arith.addi %column_start, %tx : index
    %row_inside = arith.cmpi ult, %row, %m : index
    %column_inside = arith.cmpi ult, %column, %n : index

    %product = scf.for %start = %c0 to %k step %c16 iter_args(%sum = %zero) -> f32 {
      // Each thread loads an element of both tiles.
      %ka = arith.addi %start, %tx : index
      %ka_inside = arith.cmpi ult, %ka, %k : index
      %a_inside = arith.andi %row_inside, %ka_inside : i1
      %ea = scf.if %a_inside -> f32 {
        %e = memref.load %a[%row, %ka] : memref<?x?xf32>
        scf.yield %e : f32
      } else {
        scf.yield %zero : f32
      }
      memref.store %ea, %tile_a[%ty, %tx] : memref<16x16xf32, #gpu.address_space<workgroup>>
      %kb = arith.addi %start, %ty : index
      %kb_inside = arith.cmpi ult, %kb, %k : index
      %b_inside = arith.andi %column_inside, %kb_inside : i1
      %eb = scf.if %b_inside -> f32 {
        %e = memref.load %b[%kb, %column] : memref<?x?xf32>
        scf.yield %e : f32
      } else {
        scf.yield %zero : f32
      }
      memref.store %eb, %tile_b[%ty, %tx] : memref<16x16xf32, #gpu.address_space<workgroup>>
      gpu.barrier

      %more = scf.for %i = %c0 to %c16 step %c1 iter_args(%s = %sum) -> f32 {
        %x = memref.load %tile_a[%ty, %i] : memref<16x16xf32, #gpu.address_space<workgroup>>
        %y = memref.load %tile_b[%i, %tx] : memref<16x16xf32, #gpu.address_space<workgroup>>
        %xy = arith.mulf %x, %y : f32
        %t = arith.addf %s, %xy : f32
        scf.yield %t : f32
      }
      gpu.barrier  // nobody overwrites a tile that others still read
      scf.yield %more : f32
    }

    %inside = arith.andi %row_inside, %column_inside : i1
    scf.if %inside {
      memref.store %product, %c[%row, %column] : memref<?x?xf32>
    }
    gpu.terminator
  }
  return
}
