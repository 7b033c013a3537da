// The longest Collatz walk (n -> n / 2 or 3n + 1, until 1) among the starts 1 to limit.
//
// Entry:     @main
// Arguments: limit  i64        the last start tried
// Returns:   i64, i64          the first start with the longest walk, and that walk's steps;
//                              0, -1 if limit is less than 1

func.func private @steps(%start: i64) -> i64 {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c3 = arith.constant 3 : i64
  cf.br ^test(%start, %c0 : i64, i64)
^test(%n: i64, %count: i64):
  %done = arith.cmpi eq, %n, %c1 : i64
  cf.cond_br %done, ^end(%count : i64), ^walk
^walk:
  %next = arith.addi %count, %c1 : i64
  %low = arith.andi %n, %c1 : i64
  %odd = arith.cmpi ne, %low, %c0 : i64
  cf.cond_br %odd, ^up, ^down
^up:
  %triple = arith.muli %n, %c3 : i64
  %up = arith.addi %triple, %c1 : i64
  cf.br ^test(%up, %next : i64, i64)
^down:
  %half = arith.shrsi %n, %c1 : i64
  cf.br ^test(%half, %next : i64, i64)
^end(%total: i64):
  return %total : i64
}

func.func @main(%limit: i64) -> (i64, i64) {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %none = arith.constant -1 : i64
  cf.br ^test(%c1, %c0, %none : i64, i64, i64)
^test(%n: i64, %best: i64, %most: i64):
  %more = arith.cmpi sle, %n, %limit : i64
  cf.cond_br %more, ^try, ^end
^try:
  %count = func.call @steps(%n) : (i64) -> i64
  %longer = arith.cmpi sgt, %count, %most : i64
  %best_now = arith.select %longer, %n, %best : i64
  %most_now = arith.maxsi %count, %most : i64
  %next = arith.addi %n, %c1 : i64
  cf.br ^test(%next, %best_now, %most_now : i64, i64, i64)
^end:
  return %best, %most : i64, i64
}
