// Integers and floats, scalars and vectors of one and two dimensions.
func.func @scalars(%a: i32, %b: i32, %f: f32, %g: f32) {
  %0 = arith.ceildivsi %a, %b : i32
  vector.print %0 : i32
  %1 = arith.floordivsi %a, %b : i32
  vector.print %1 : i32
  %2 = arith.ceildivui %a, %b : i32
  vector.print %2 : i32
  %3, %o3 = arith.addui_extended %a, %b : i32, i1
  vector.print %3 : i32
  vector.print %o3 : i1
  %4, %h4 = arith.mulsi_extended %a, %b : i32
  vector.print %4 : i32
  vector.print %h4 : i32
  %5, %h5 = arith.mului_extended %a, %b : i32
  vector.print %h5 : i32
  %6 = arith.remsi %a, %b : i32
  vector.print %6 : i32
  %7 = arith.minui %a, %b : i32
  vector.print %7 : i32
  %8 = arith.cmpi ult, %a, %b : i32
  vector.print %8 : i1
  %9 = arith.select %8, %f, %g : f32
  vector.print %9 : f32
  %10 = arith.cmpf ole, %f, %g : f32
  vector.print %10 : i1
  %11 = arith.maximumf %f, %g : f32
  vector.print %11 : f32
  %12 = arith.fptosi %f : f32 to i32
  vector.print %12 : i32
  %13 = arith.index_cast %a : i32 to index
  %14 = arith.index_cast %13 : index to i16
  vector.print %14 : i16
  %15 = arith.extui %14 : i16 to i64
  vector.print %15 : i64
  %16 = arith.bitcast %f : f32 to i32
  vector.print %16 : i32
  %17 = arith.remf %f, %g : f32
  vector.print %17 : f32
  %18 = arith.sitofp %a : i32 to f64
  vector.print %18 : f64
  %19 = arith.index_castui %a : i32 to index
  vector.print %19 : index
  return
}
func.func @vectors(%a: vector<2x3xi32>, %b: vector<2x3xi32>, %f: vector<2x3xf32>) {
  %0 = arith.addi %a, %b : vector<2x3xi32>
  vector.print %0 : vector<2x3xi32>
  %1 = arith.floordivsi %a, %b : vector<2x3xi32>
  vector.print %1 : vector<2x3xi32>
  %2, %o = arith.addui_extended %a, %b : vector<2x3xi32>, vector<2x3xi1>
  vector.print %o : vector<2x3xi1>
  %3, %h = arith.mulsi_extended %a, %b : vector<2x3xi32>
  vector.print %h : vector<2x3xi32>
  %4 = arith.cmpi sgt, %a, %b : vector<2x3xi32>
  %5 = arith.select %4, %a, %b : vector<2x3xi1>, vector<2x3xi32>
  vector.print %5 : vector<2x3xi32>
  %6 = arith.mulf %f, %f fastmath<nnan> : vector<2x3xf32>
  vector.print %6 : vector<2x3xf32>
  %7 = arith.index_cast %a : vector<2x3xi32> to vector<2x3xindex>
  vector.print %7 : vector<2x3xindex>
  %8 = arith.negf %f : vector<2x3xf32>
  vector.print %8 : vector<2x3xf32>
  return
}
func.func @main() {
  %a = arith.constant -7 : i32
  %b = arith.constant 2 : i32
  %f = arith.constant -2.5 : f32
  %g = arith.constant 1.25 : f32
  call @scalars(%a, %b, %f, %g) : (i32, i32, f32, f32) -> ()
  call @scalars(%b, %a, %g, %f) : (i32, i32, f32, f32) -> ()
  %v = arith.constant dense<[[1, -2, 3], [40, 50, -60]]> : vector<2x3xi32>
  %w = arith.constant dense<[[7, 3, -2], [-9, 8, 7]]> : vector<2x3xi32>
  %x = arith.constant dense<[[1.5, -2.0, 0.25], [4.0, 5.0, -6.5]]> : vector<2x3xf32>
  call @vectors(%v, %w, %x) : (vector<2x3xi32>, vector<2x3xi32>, vector<2x3xf32>) -> ()
  return
}
