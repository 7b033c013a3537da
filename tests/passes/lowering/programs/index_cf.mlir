// The index dialect, and branches whose blocks have arguments of converted types.
func.func @divisions(%a: index, %b: index) {
  %0 = index.ceildivs %a, %b
  vector.print %0 : index
  %1 = index.floordivs %a, %b
  vector.print %1 : index
  %2 = index.ceildivu %a, %b
  vector.print %2 : index
  %3 = index.cmp slt(%a, %b)
  vector.print %3 : i1
  %4 = index.casts %a : index to i32
  vector.print %4 : i32
  %5 = index.castu %4 : i32 to index
  vector.print %5 : index
  %6 = index.maxs %a, %b
  vector.print %6 : index
  %k = index.constant 3
  %7 = index.shl %b, %k
  vector.print %7 : index
  return
}
func.func @sum_to(%n: index) -> index {
  %zero = index.constant 0
  %one = index.constant 1
  cf.br ^head(%zero, %zero : index, index)
^head(%i: index, %total: index):
  %more = index.cmp ule(%i, %n)
  cf.assert %more, "never"
  %go = index.cmp ult(%i, %n)
  cf.cond_br %go, ^body, ^exit(%total : index)
^body:
  %next = index.add %i, %one
  %sum = index.add %total, %i
  cf.br ^head(%next, %sum : index, index)
^exit(%r: index):
  return %r : index
}
func.func @pick(%flag: i32) -> index {
  %a = index.constant 10
  %b = index.constant 20
  cf.switch %flag : i32, [
    default: ^out(%a : index),
    3: ^out(%b : index),
    5: ^five
  ]
^five:
  %c = index.constant 55
  cf.br ^out(%c : index)
^out(%x: index):
  return %x : index
}
func.func @main() {
  %a = index.constant -7
  %b = index.constant 2
  %c = index.constant 6
  call @divisions(%a, %b) : (index, index) -> ()
  call @divisions(%b, %a) : (index, index) -> ()
  call @divisions(%c, %b) : (index, index) -> ()
  %n = index.constant 10
  %s = call @sum_to(%n) : (index) -> index
  vector.print %s : index
  %3 = arith.constant 3 : i32
  %5 = arith.constant 5 : i32
  %p3 = call @pick(%3) : (i32) -> index
  %p5 = call @pick(%5) : (i32) -> index
  %f = func.constant @pick : (i32) -> index
  %zero = arith.constant 0 : i32
  %p0 = func.call_indirect %f(%zero) : (i32) -> index
  vector.print %p3 : index
  vector.print %p5 : index
  vector.print %p0 : index
  return
}
