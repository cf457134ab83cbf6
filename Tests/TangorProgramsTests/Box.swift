/// A value that expectations may change: their macro takes values of variables as they were before.
final class Box<Value> {
  var value: Value

  init(_ value: Value) { self.value = value }
}
