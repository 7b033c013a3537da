module {
  func.func @of_odd_width(%arg0: vector<2x3xi3>) {
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %0 = arith.extsi %arg0 : vector<2x3xi3> to vector<2x3xi8>
    %1 = vector.shape_cast %0 : vector<2x3xi8> to vector<6xi8>
    vector.print punctuation <open>
    scf.for %arg1 = %c0 to %c2 step %c1 {
      vector.print punctuation <open>
      scf.for %arg2 = %c0 to %c3 step %c1 {
        %3 = arith.muli %arg1, %c3 : index
        %4 = arith.addi %arg2, %3 : index
        %5 = vector.extract %1[%4] : i8 from vector<6xi8>
        vector.print %5 : i8 punctuation <no_punctuation>
        %6 = arith.cmpi ult, %arg2, %c2 : index
        scf.if %6 {
          vector.print punctuation <comma>
        }
      }
      vector.print punctuation <close>
      %2 = arith.cmpi ult, %arg1, %c1 : index
      scf.if %2 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return
  }
  func.func @unsigned(%arg0: vector<2xui8>) {
    %c0 = arith.constant 0 : index
    %c2 = arith.constant 2 : index
    %c1 = arith.constant 1 : index
    vector.print punctuation <open>
    scf.for %arg1 = %c0 to %c2 step %c1 {
      %0 = vector.extract %arg0[%arg1] : ui8 from vector<2xui8>
      vector.print %0 : ui8 punctuation <no_punctuation>
      %1 = arith.cmpi ult, %arg1, %c1 : index
      scf.if %1 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return
  }
  func.func @truth_values(%arg0: vector<4xi1>) {
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c0 = arith.constant 0 : index
    %0 = arith.extui %arg0 : vector<4xi1> to vector<4xi8>
    vector.print punctuation <open>
    scf.for %arg1 = %c0 to %c4 step %c1 {
      %1 = vector.extract %0[%arg1] : i8 from vector<4xi8>
      vector.print %1 : i8 punctuation <no_punctuation>
      %2 = arith.cmpi ult, %arg1, %c3 : index
      scf.if %2 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return
  }
  func.func @without_dimensions(%arg0: vector<f32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    vector.print punctuation <open>
    scf.for %arg1 = %c0 to %c1 step %c1 {
      %0 = vector.extract %arg0[] : f32 from vector<f32>
      vector.print %0 : f32 punctuation <no_punctuation>
      %1 = arith.cmpi ult, %arg1, %c0 : index
      scf.if %1 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return
  }
  func.func @of_three_dimensions(%arg0: vector<1x3x2xf64>) {
    %c6 = arith.constant 6 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %0 = vector.shape_cast %arg0 : vector<1x3x2xf64> to vector<6xf64>
    vector.print punctuation <open>
    scf.for %arg1 = %c0 to %c1 step %c1 {
      vector.print punctuation <open>
      scf.for %arg2 = %c0 to %c3 step %c1 {
        vector.print punctuation <open>
        scf.for %arg3 = %c0 to %c2 step %c1 {
          %3 = arith.muli %arg2, %c2 : index
          %4 = arith.addi %arg3, %3 : index
          %5 = arith.muli %arg1, %c6 : index
          %6 = arith.addi %4, %5 : index
          %7 = vector.extract %0[%6] : f64 from vector<6xf64>
          vector.print %7 : f64 punctuation <no_punctuation>
          %8 = arith.cmpi ult, %arg3, %c1 : index
          scf.if %8 {
            vector.print punctuation <comma>
          }
        }
        vector.print punctuation <close>
        %2 = arith.cmpi ult, %arg2, %c2 : index
        scf.if %2 {
          vector.print punctuation <comma>
        }
      }
      vector.print punctuation <close>
      %1 = arith.cmpi ult, %arg1, %c0 : index
      scf.if %1 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print punctuation <comma>
    return
  }
  func.func @indices(%arg0: vector<2xindex>) {
    %c0 = arith.constant 0 : index
    %c2 = arith.constant 2 : index
    %c1 = arith.constant 1 : index
    vector.print punctuation <open>
    scf.for %arg1 = %c0 to %c2 step %c1 {
      %0 = vector.extract %arg0[%arg1] : index from vector<2xindex>
      vector.print %0 : index punctuation <no_punctuation>
      %1 = arith.cmpi ult, %arg1, %c1 : index
      scf.if %1 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return
  }
  func.func @wide(%arg0: vector<2xi17>) {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c0 = arith.constant 0 : index
    %0 = arith.extsi %arg0 : vector<2xi17> to vector<2xi32>
    vector.print punctuation <open>
    scf.for %arg1 = %c0 to %c2 step %c1 {
      %1 = vector.extract %0[%arg1] : i32 from vector<2xi32>
      vector.print %1 : i32 punctuation <no_punctuation>
      %2 = arith.cmpi ult, %arg1, %c1 : index
      scf.if %2 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return
  }
  func.func @scalable(%arg0: vector<[4]xi32>) {
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %c1 = arith.constant 1 : index
    %vscale = vector.vscale
    %c4_vscale = arith.muli %vscale, %c4 : index
    %0 = arith.subi %c4_vscale, %c1 : index
    vector.print punctuation <open>
    scf.for %arg1 = %c0 to %c4_vscale step %c1 {
      %1 = vector.extract %arg0[%arg1] : i32 from vector<[4]xi32>
      vector.print %1 : i32 punctuation <no_punctuation>
      %2 = arith.cmpi ult, %arg1, %0 : index
      scf.if %2 {
        vector.print punctuation <comma>
      }
    }
    vector.print punctuation <close>
    vector.print
    return
  }
}

