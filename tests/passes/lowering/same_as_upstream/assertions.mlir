// PASSES: convert-cf-to-llvm
func.func @f(%c: i1, %i: i32, %x: index) {
  cf.assert %c, "Computer says no"
  cf.switch %i : i32, [
    default: ^a(%x : index),
    3: ^b,
    5: ^a(%x: index)
  ]
^a(%y : index):
  cf.assert %c, "again"
  cf.br ^b
^b:
  %v = vector.broadcast %i : i32 to vector<2x3xi32>
  vector.print %v : vector<2x3xi32>
  vector.print %x : index
  vector.print str "hello"
  vector.print punctuation <newline>
  return
}
