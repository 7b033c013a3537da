// Vectors in and out of memory; masks.
func.func @memory(%m: memref<?x?xf32>, %l: memref<?xf32>, %i: index, %f: f32, %o: memref<3x5xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %v = arith.constant dense<[-1.0, -2.0, -3.0, -4.0]> : vector<4xf32>
  %k = arith.constant dense<[true, false, true, true]> : vector<4xi1>
  %x = arith.constant dense<[3, 0, 1, 2]> : vector<4xi32>
  %0 = vector.load %m[%i, %c0] : memref<?x?xf32>, vector<4xf32>
  vector.print %0 : vector<4xf32>
  %1 = vector.load %m[%i, %c0] : memref<?x?xf32>, vector<2x3xf32>
  vector.print %1 : vector<2x3xf32>
  %2 = vector.maskedload %l[%c0], %k, %v : memref<?xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  vector.print %2 : vector<4xf32>
  %3 = vector.gather %l[%c0][%x], %k, %v : memref<?xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  vector.print %3 : vector<4xf32>
  %4 = vector.expandload %l[%c0], %k, %v : memref<?xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  vector.print %4 : vector<4xf32>
  %5 = vector.transfer_read %l[%i], %f : memref<?xf32>, vector<6xf32>
  vector.print %5 : vector<6xf32>
  %6 = vector.transfer_read %l[%i], %f {in_bounds = [true]} : memref<?xf32>, vector<2xf32>
  vector.print %6 : vector<2xf32>
  %7 = vector.transfer_read %m[%i, %i], %f : memref<?x?xf32>, vector<4x6xf32>
  vector.print %7 : vector<4x6xf32>
  %8 = vector.transfer_read %m[%i, %i], %f {permutation_map = affine_map<(a, b) -> (b, a)>} : memref<?x?xf32>, vector<5x4xf32>
  vector.print %8 : vector<5x4xf32>
  %9 = vector.transfer_read %m[%i, %c0], %f {permutation_map = affine_map<(a, b) -> (a)>} : memref<?x?xf32>, vector<3xf32>
  vector.print %9 : vector<3xf32>
  %10 = vector.transfer_read %m[%i, %c0], %f {in_bounds = [true, false], permutation_map = affine_map<(a, b) -> (0, b)>} : memref<?x?xf32>, vector<2x6xf32>
  vector.print %10 : vector<2x6xf32>
  %11 = vector.transfer_read %m[%i, %c0], %f {in_bounds = [false, true], permutation_map = affine_map<(a, b) -> (a, 0)>} : memref<?x?xf32>, vector<4x3xf32>
  vector.print %11 : vector<4x3xf32>
  %cm = vector.create_mask %i, %n : vector<3x4xi1>
  vector.print %cm : vector<3x4xi1>
  %km = vector.constant_mask [2, 3] : vector<3x4xi1>
  vector.print %km : vector<3x4xi1>
  %12 = vector.transfer_read %m[%c0, %c0], %f, %km : memref<?x?xf32>, vector<3x4xf32>
  vector.print %12 : vector<3x4xf32>
  %13 = vector.mask %k { vector.reduction <add>, %0, %f : vector<4xf32> into f32 } : vector<4xi1> -> f32
  vector.print %13 : f32
  %14 = vector.mask %k { vector.transfer_read %l[%c0], %f : memref<?xf32>, vector<4xf32> } : vector<4xi1> -> vector<4xf32>
  vector.print %14 : vector<4xf32>
  vector.transfer_write %12, %o[%i, %c0] : vector<3x4xf32>, memref<3x5xf32>
  vector.maskedstore %o[%c0, %c0], %k, %v : memref<3x5xf32>, vector<4xi1>, vector<4xf32>
  vector.scatter %l[%c0][%x], %k, %v : memref<?xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32>
  vector.store %v, %o[%c0, %i] : memref<3x5xf32>, vector<4xf32>
  %15 = vector.load %o[%c0, %c0] : memref<3x5xf32>, vector<3x5xf32>
  vector.print %15 : vector<3x5xf32>
  %16 = vector.load %l[%c0] : memref<?xf32>, vector<4xf32>
  vector.print %16 : vector<4xf32>
  vector.compressstore %l[%c0], %k, %0 : memref<?xf32>, vector<4xi1>, vector<4xf32>
  %17 = vector.load %l[%c0] : memref<?xf32>, vector<4xf32>
  vector.print %17 : vector<4xf32>
  return
}
memref.global "private" @table : memref<3x5xf32> = dense<[[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0], [11.0, 12.0, 13.0, 14.0, 15.0]]>
memref.global "private" @list : memref<5xf32> = dense<[1.0, 2.0, 3.0, 4.0, 5.0]>
func.func @main() {
  %t = memref.get_global @table : memref<3x5xf32>
  %m = memref.cast %t : memref<3x5xf32> to memref<?x?xf32>
  %g = memref.get_global @list : memref<5xf32>
  %l = memref.cast %g : memref<5xf32> to memref<?xf32>
  %o = memref.alloc() {alignment = 64} : memref<3x5xf32>
  %z = arith.constant dense<0.0> : vector<3x5xf32>
  %i = arith.constant 1 : index
  %n = arith.constant 3 : index
  %c0 = arith.constant 0 : index
  vector.transfer_write %z, %o[%c0, %c0] {in_bounds = [true, true]} : vector<3x5xf32>, memref<3x5xf32>
  %f = arith.constant 99.0 : f32
  call @memory(%m, %l, %i, %f, %o, %n) : (memref<?x?xf32>, memref<?xf32>, index, f32, memref<3x5xf32>, index) -> ()
  memref.dealloc %o : memref<3x5xf32>
  return
}
