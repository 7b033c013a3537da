// PASSES: func.func(convert-vector-to-scf)
func.func @of_odd_width(%i: vector<2x3xi3>) {
  vector.print %i : vector<2x3xi3>
  return
}
func.func @unsigned(%u: vector<2xui8>) {
  vector.print %u : vector<2xui8>
  return
}
func.func @truth_values(%b: vector<4xi1>) {
  vector.print %b : vector<4xi1>
  return
}
func.func @without_dimensions(%f: vector<f32>) {
  vector.print %f : vector<f32>
  return
}
func.func @of_three_dimensions(%e: vector<1x3x2xf64>) {
  vector.print %e : vector<1x3x2xf64> punctuation <comma>
  return
}
func.func @indices(%x: vector<2xindex>) {
  vector.print %x : vector<2xindex>
  return
}
func.func @wide(%x: vector<2xi17>) {
  vector.print %x : vector<2xi17>
  return
}
func.func @scalable(%x: vector<[4]xi32>) {
  vector.print %x : vector<[4]xi32>
  return
}
