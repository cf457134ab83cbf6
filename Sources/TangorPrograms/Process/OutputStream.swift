/// One of the two streams that a program prints to.
package enum OutputStream: String, Sendable, Hashable, CaseIterable {
  case standardOutput = "stdout"
  case standardError = "stderr"
}
