#map0 = affine_map<(d0, d1) -> (d1)>
#map1 = affine_map<(d0, d1) -> (d1, d0)>
#acc = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>]
func.func @f(%m: memref<8x16xf32>, %t: tensor<8x16xf32>, %i: index, %f: f32, %v4: vector<4xf32>, %v24: vector<2x4xf32>, %mask: vector<4xi1>, %mask24: vector<2x4xi1>, %m1: memref<16xf32>, %idx: vector<4xi32>, %i32: i32, %vi: vector<4xi32>, %vm: memref<4xvector<4xf32>>, %b: vector<1xf32>, %v0: vector<f32>, %v8: vector<8xf32>, %sv: vector<[4]xf32>, %v42: vector<4x2xf32>, %v22: vector<2x2xf32>, %b2: vector<2xf32>, %f2: vector<4xf32>) {
  %0 = vector.transfer_read %m[%i, %i], %f : memref<8x16xf32>, vector<4xf32>
  %1 = vector.transfer_read %m[%i, %i], %f {in_bounds = [true, false]} : memref<8x16xf32>, vector<2x4xf32>
  %2 = vector.transfer_read %m[%i, %i], %f {permutation_map = affine_map<(d0, d1) -> (d1, d0)>} : memref<8x16xf32>, vector<2x4xf32>
  %3 = vector.transfer_read %m[%i, %i], %f, %mask {in_bounds = [true], permutation_map = affine_map<(d0, d1) -> (d0)>} : memref<8x16xf32>, vector<4xf32>
  %4 = vector.transfer_read %t[%i, %i], %f {in_bounds = [true, true], permutation_map = affine_map<(d0, d1) -> (0, d1)>} : tensor<8x16xf32>, vector<2x4xf32>
  vector.transfer_write %v4, %m[%i, %i] : vector<4xf32>, memref<8x16xf32>
  vector.transfer_write %v4, %m[%i, %i], %mask {in_bounds = [true]} : vector<4xf32>, memref<8x16xf32>
  %5 = vector.transfer_write %v24, %t[%i, %i] {permutation_map = #map1} : vector<2x4xf32>, tensor<8x16xf32>
  %6 = vector.load %m[%i, %i] : memref<8x16xf32>, vector<4xf32>
  %7 = vector.load %m[%i, %i] {nontemporal = true} : memref<8x16xf32>, vector<2x4xf32>
  vector.store %v4, %m[%i, %i] : memref<8x16xf32>, vector<4xf32>
  vector.store %v4, %m[%i, %i] {alignment = 16 : i64} : memref<8x16xf32>, vector<4xf32>
  %8 = vector.maskedload %m1[%i], %mask, %v4 : memref<16xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  vector.maskedstore %m1[%i], %mask, %v4 : memref<16xf32>, vector<4xi1>, vector<4xf32>
  %9 = vector.gather %m1[%i] [%idx], %mask, %v4 : memref<16xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  vector.scatter %m1[%i] [%idx], %mask, %v4 : memref<16xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32>
  %10 = vector.expandload %m1[%i], %mask, %v4 : memref<16xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  vector.compressstore %m1[%i], %mask, %v4 : memref<16xf32>, vector<4xi1>, vector<4xf32>
  %11 = vector.broadcast %f : f32 to vector<2x4xf32>
  %12 = vector.broadcast %v4 : vector<4xf32> to vector<2x4xf32>
  %13 = vector.shape_cast %v24 : vector<2x4xf32> to vector<8xf32>
  %14 = vector.extract %v24[0] : vector<4xf32> from vector<2x4xf32>
  %15 = vector.extract %v24[0, 3] : f32 from vector<2x4xf32>
  %16 = vector.extract %v24[%i, 3] : f32 from vector<2x4xf32>
  %17 = vector.extract %v0[] : f32 from vector<f32>
  %18 = vector.insert %v4, %v24[1] : vector<4xf32> into vector<2x4xf32>
  %19 = vector.insert %f, %v24[1, %i] : f32 into vector<2x4xf32>
  %20 = vector.insert %f, %v0[] : f32 into vector<f32>
  %21 = vector.extract_strided_slice %v24 {offsets = [0, 1], sizes = [2, 2], strides = [1, 1]} : vector<2x4xf32> to vector<2x2xf32>
  %22 = vector.insert_strided_slice %v4, %v24 {offsets = [1, 0], strides = [1]} : vector<4xf32> into vector<2x4xf32>
  %23 = vector.from_elements %f, %f, %f : vector<3xf32>
  %24:4 = vector.to_elements %v4 : vector<4xf32>
  %25 = vector.fma %v4, %v4, %v4 : vector<4xf32>
  %26 = vector.contract {indexing_maps = #acc, iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %v24, %v42, %v22 : vector<2x4xf32>, vector<4x2xf32> into vector<2x2xf32>
  %27 = vector.contract {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} %v4, %v4, %f : vector<4xf32>, vector<4xf32> into f32
  %28 = vector.outerproduct %b2, %v4 : vector<2xf32>, vector<4xf32>
  %29 = vector.outerproduct %b2, %v4, %v24 : vector<2xf32>, vector<4xf32>
  %30 = vector.outerproduct %b2, %f {kind = #vector.kind<mul>} : vector<2xf32>, f32
  %31 = vector.reduction <add>, %v4 : vector<4xf32> into f32
  %32 = vector.reduction <mul>, %v4, %f : vector<4xf32> into f32
  %33 = vector.reduction <maximumf>, %v4 fastmath<nnan> : vector<4xf32> into f32
  %34 = vector.multi_reduction <add>, %v24, %v4 [0] : vector<2x4xf32> to vector<4xf32>
  %35 = vector.multi_reduction <minnumf>, %v24, %f [0, 1] : vector<2x4xf32> to f32
  %36 = vector.shuffle %v4, %v4 [0, 5, -1] : vector<4xf32>, vector<4xf32>
  %37 = vector.transpose %v24, [1, 0] : vector<2x4xf32> to vector<4x2xf32>
  %38 = vector.bitcast %v4 : vector<4xf32> to vector<8xi16>
  %39 = vector.type_cast %m : memref<8x16xf32> to memref<vector<8x16xf32>>
  %40 = vector.step : vector<4xindex>
  %41 = vector.create_mask %i, %i : vector<2x4xi1>
  %42 = vector.constant_mask [1, 3] : vector<2x4xi1>
  %43 = vector.mask %mask { vector.reduction <add>, %v4 : vector<4xf32> into f32 } : vector<4xi1> -> f32
  %44 = vector.mask %mask, %f2 { vector.transfer_read %m[%i, %i], %f {in_bounds = [true]} : memref<8x16xf32>, vector<4xf32> } : vector<4xi1> -> vector<4xf32>
  vector.mask %mask { vector.transfer_write %v4, %m[%i, %i] {in_bounds = [true]} : vector<4xf32>, memref<8x16xf32> } : vector<4xi1>
  vector.print %v4 : vector<4xf32>
  vector.print %f : f32
  vector.print str "hello"
  vector.print punctuation <comma>
  vector.print %f : f32 punctuation <no_punctuation>
  %45 = vector.interleave %v4, %v4 : vector<4xf32> -> vector<8xf32>
  %46, %47 = vector.deinterleave %v8 : vector<8xf32> -> vector<4xf32>
  %48 = vector.vscale
  %49, %50 = vector.scan <add>, %v24, %v4 {inclusive = true, reduction_dim = 0 : i64} : vector<2x4xf32>, vector<4xf32>
  %52 = vector.scalable.extract %sv[0] : vector<4xf32> from vector<[4]xf32>
  %53 = vector.scalable.insert %v4, %sv[0] : vector<4xf32> into vector<[4]xf32>
  %58 = vector.load %vm[%i] : memref<4xvector<4xf32>>, vector<4xf32>
  %59 = vector.multi_reduction <add>, %v24, %v24 [] : vector<2x4xf32> to vector<2x4xf32>
  %60 = vector.broadcast %f : f32 to vector<f32>
  %61 = vector.gather %t[%i, %i] [%idx], %mask, %v4 : tensor<8x16xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  %63 = vector.contract {indexing_maps = #acc, iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<maxnumf>} %v24, %v42, %v22 {foo} : vector<2x4xf32>, vector<4x2xf32> into vector<2x2xf32>
  return
}
