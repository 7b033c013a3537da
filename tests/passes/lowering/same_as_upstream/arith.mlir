// PASSES: convert-arith-to-llvm
func.func @f(%a: i32, %b: i32, %f: f32, %d: f64, %h: bf16, %i: index, %v: vector<4xi32>, %w: vector<2x4xi1>, %f8: f8E4M3FN, %x: vector<2x2xindex>) {
  %0 = arith.ceildivui %a, %b : i32
  %1:2 = arith.mului_extended %v, %v : vector<4xi32>
  %3 = arith.remf %f, %f fastmath<nnan> : f32
  %6 = arith.trunci %a overflow<nsw> : i32 to i8
  %7 = arith.truncf %d to_nearest_even : f64 to f32
  %77 = arith.truncf %d  : f64 to f32
  %8 = arith.uitofp %a : i32 to f32
  %88 = arith.uitofp %a  : i32 to f32
  %9 = arith.bitcast %f : f32 to i32
  %10 = arith.index_castui %i : index to i32
  %11 = arith.index_castui %a : i32 to index
  %133 = arith.cmpf ueq, %f, %f fastmath<fast> : f32
  %15 = arith.constant dense<[[1,2],[3,4]]> : vector<2x2xindex>
  %16 = arith.constant dense<5> : vector<4xindex>
  %17 = arith.constant 5 : index
  %18 = arith.constant 1.0 : f8E4M3FN
  %19 = arith.extf %h : bf16 to f32
  %20 = arith.extui %a {x} : i32 to i64
  %22 = arith.negf %f : f32
  %23 = arith.shli %a, %b overflow<nsw, nuw> : i32
  %28 = arith.constant true
  %29 = arith.constant dense<1.5> : vector<2x3xf32>
  %30 = arith.extf %f8 : f8E4M3FN to f32
  %31 = arith.addf %f8, %f8 : f8E4M3FN
  return
}
