// Moving elements of vectors about.
func.func @shapes(%f: f32, %v: vector<4xf32>, %w: vector<2x4xf32>, %c: vector<2x1xf32>,
                  %t: vector<2x3x4xf32>, %i: index, %j: index) {
  %b0 = vector.broadcast %f : f32 to vector<2x3xf32>
  vector.print %b0 : vector<2x3xf32>
  %b1 = vector.broadcast %v : vector<4xf32> to vector<2x4xf32>
  vector.print %b1 : vector<2x4xf32>
  %b2 = vector.broadcast %c : vector<2x1xf32> to vector<2x3xf32>
  vector.print %b2 : vector<2x3xf32>
  %e0 = vector.extract %t[1] : vector<3x4xf32> from vector<2x3x4xf32>
  vector.print %e0 : vector<3x4xf32>
  %e1 = vector.extract %t[1, 2, 3] : f32 from vector<2x3x4xf32>
  vector.print %e1 : f32
  %e2 = vector.extract %v[%i] : f32 from vector<4xf32>
  vector.print %e2 : f32
  %e3 = vector.extract %t[1, %i] : vector<4xf32> from vector<2x3x4xf32>
  vector.print %e3 : vector<4xf32>
  %e4 = vector.extract %t[%j, 1, %i] : f32 from vector<2x3x4xf32>
  vector.print %e4 : f32
  %i0 = vector.insert %f, %w[1, 2] : f32 into vector<2x4xf32>
  vector.print %i0 : vector<2x4xf32>
  %i1 = vector.insert %v, %t[1, %i] : vector<4xf32> into vector<2x3x4xf32>
  vector.print %i1 : vector<2x3x4xf32>
  %i2 = vector.insert %f, %w[%j, %i] : f32 into vector<2x4xf32>
  vector.print %i2 : vector<2x4xf32>
  %s0 = vector.shape_cast %w : vector<2x4xf32> to vector<8xf32>
  vector.print %s0 : vector<8xf32>
  %s1 = vector.shape_cast %s0 : vector<8xf32> to vector<4x2xf32>
  vector.print %s1 : vector<4x2xf32>
  %s2 = vector.shape_cast %w : vector<2x4xf32> to vector<4x2xf32>
  vector.print %s2 : vector<4x2xf32>
  %s3 = vector.shape_cast %t : vector<2x3x4xf32> to vector<6x4xf32>
  vector.print %s3 : vector<6x4xf32>
  %t0 = vector.transpose %w, [1, 0] : vector<2x4xf32> to vector<4x2xf32>
  vector.print %t0 : vector<4x2xf32>
  %t1 = vector.transpose %t, [1, 0, 2] : vector<2x3x4xf32> to vector<3x2x4xf32>
  vector.print %t1 : vector<3x2x4xf32>
  %t2 = vector.transpose %t, [2, 0, 1] : vector<2x3x4xf32> to vector<4x2x3xf32>
  vector.print %t2 : vector<4x2x3xf32>
  %x0 = vector.extract_strided_slice %t {offsets = [0, 1], sizes = [2, 2], strides = [1, 1]}
      : vector<2x3x4xf32> to vector<2x2x4xf32>
  vector.print %x0 : vector<2x2x4xf32>
  %x1 = vector.extract_strided_slice %w {offsets = [0, 1], sizes = [2, 2], strides = [1, 1]}
      : vector<2x4xf32> to vector<2x2xf32>
  vector.print %x1 : vector<2x2xf32>
  %y0 = vector.insert_strided_slice %x1, %w {offsets = [0, 2], strides = [1, 1]}
      : vector<2x2xf32> into vector<2x4xf32>
  vector.print %y0 : vector<2x4xf32>
  %y1 = vector.insert_strided_slice %x1, %t {offsets = [1, 1, 1], strides = [1, 1]}
      : vector<2x2xf32> into vector<2x3x4xf32>
  vector.print %y1 : vector<2x3x4xf32>
  %h0 = vector.shuffle %v, %v [0, 4, 1, 6, 3] : vector<4xf32>, vector<4xf32>
  vector.print %h0 : vector<5xf32>
  %h1 = vector.shuffle %w, %w [0, 3, 2] : vector<2x4xf32>, vector<2x4xf32>
  vector.print %h1 : vector<3x4xf32>
  %n0 = vector.interleave %w, %w : vector<2x4xf32> -> vector<2x8xf32>
  vector.print %n0 : vector<2x8xf32>
  %d0, %d1 = vector.deinterleave %w : vector<2x4xf32> -> vector<2x2xf32>
  vector.print %d1 : vector<2x2xf32>
  %m0 = vector.from_elements %f, %e1, %e2, %e4 : vector<2x2xf32>
  vector.print %m0 : vector<2x2xf32>
  %l:4 = vector.to_elements %v : vector<4xf32>
  vector.print %l#3 : f32
  %k0 = vector.bitcast %w : vector<2x4xf32> to vector<2x8xi16>
  vector.print %k0 : vector<2x8xi16>
  %p0 = vector.step : vector<4xindex>
  vector.print %p0 : vector<4xindex>
  %r0 = vector.broadcast %f : f32 to vector<f32>
  %r1 = vector.extract %r0[] : f32 from vector<f32>
  vector.print %r1 : f32
  return
}
func.func @main() {
  %f = arith.constant 9.5 : f32
  %v = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : vector<4xf32>
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : vector<2x4xf32>
  %c = arith.constant dense<[[1.5], [2.5]]> : vector<2x1xf32>
  %t = arith.constant dense<[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]],
    [[21.0, 22.0, 23.0, 24.0], [25.0, 26.0, 27.0, 28.0], [29.0, 30.0, 31.0, 32.0]]]> : vector<2x3x4xf32>
  %i = arith.constant 2 : index
  %j = arith.constant 1 : index
  call @shapes(%f, %v, %w, %c, %t, %i, %j) : (f32, vector<4xf32>, vector<2x4xf32>, vector<2x1xf32>, vector<2x3x4xf32>, index, index) -> ()
  return
}
