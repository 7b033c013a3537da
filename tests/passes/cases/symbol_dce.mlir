// PASSES: symbol-dce
func.func private @dead()
func.func private @dead_chain() -> () {
  call @only_from_dead() : () -> ()
  return
}
func.func private @only_from_dead() {
  return
}
func.func nested @nested_dead() {
  return
}
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
module @library attributes {sym_visibility = "private"} {
  func.func @public_inside_private() {
    return
  }
}
module @open {
  func.func @seen() {
    return
  }
  func.func private @unseen()
  func.func nested @nested_in_open()
  module @inner attributes {sym_visibility = "private"} {
    func.func nested @named()
    func.func nested @unnamed()
  }
  "my.ref"() {x = @inner::@named} : () -> ()
}
