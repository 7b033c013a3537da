module {
  func.func private @used() {
    call @used_by_used() : () -> ()
    return
  }
  func.func private @used_by_used() {
    return
  }
  func.func @public() {
    "my.op"() {deep = [{x = @by_attribute}]} : () -> ()
    call @used() : () -> ()
    return
  }
  func.func private @by_attribute()
  module @open {
    func.func @seen() {
      return
    }
    module @inner attributes {sym_visibility = "private"} {
      func.func nested @named()
    }
    "my.ref"() {x = @inner::@named} : () -> ()
  }
}

