// The machinery of these tests, run against upstream alone.
//
// RUN: mlir-opt-22 %s --canonicalize \
// RUN:   | filecheck %s
// RUN: mlir-opt-22 --canonicalize < %s | filecheck %s --check-prefix=GONE
// RUN: not mlir-opt-22 %s --no-such-flag 2>&1 | filecheck %s --check-prefix=FLAG
// RUN: mlir-opt-22 %s -o %t
// RUN: mlir-opt-22 %t | filecheck %s --check-prefix=KEPT
// ORACLE: mlir-opt-22 --cse --canonicalize

// CHECK-LABEL: func.func @twice
// CHECK-SAME:    %[[X:.*]]: i32
// CHECK-NEXT:    %[[SUM:.*]] = arith.addi %[[X]], %[[X]] : i32
// CHECK-NOT:     arith.constant
// CHECK:         return %[[SUM]]
// GONE-NOT: arith.constant
// FLAG: Unknown command line argument
// KEPT-COUNT-2: arith.addi
func.func @twice(%x: i32) -> i32 {
  %zero = arith.constant 0 : i32
  %same = arith.addi %x, %zero : i32
  %sum = arith.addi %same, %x : i32
  return %sum : i32
}
