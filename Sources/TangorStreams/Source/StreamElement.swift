package import TangorCore
package import TangorJSON

/// What one step of a sequence gives: a value, already written as JSON, or how far the computation of the next one has come.
package enum StreamElement: Sendable {
  case value(JSONFragment)
  case progress(Progress)
}
