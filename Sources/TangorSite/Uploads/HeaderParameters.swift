import Foundation

/// The value of a header with its parameters, as in `form-data; name="a"; filename="b.png"`.
struct HeaderParameters: Sendable, Hashable {
  /// What stands before the first semicolon.
  let value: String
  private var parameters: [String: String] = [:]

  init(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    var index = 0
    func string(_ range: some Sequence<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: range)
      return String(view)
    }
    func trimmed(_ slice: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
      var slice = slice.drop { $0 == " " || $0 == "\t" }
      while slice.last == " " || slice.last == "\t" { slice.removeLast() }
      return slice
    }
    func upTo(_ ends: Unicode.Scalar...) -> ArraySlice<Unicode.Scalar> {
      let start = index
      while index < scalars.count, !ends.contains(scalars[index]) { index += 1 }
      return trimmed(scalars[start..<index])
    }
    value = string(upTo(";"))
    while index < scalars.count {
      index += 1
      let name = string(upTo("=", ";")).lowercased()
      guard index < scalars.count, scalars[index] == "=" else { continue }
      index += 1
      while index < scalars.count, scalars[index] == " " || scalars[index] == "\t" { index += 1 }
      var content: String
      if index < scalars.count, scalars[index] == "\"" {
        index += 1
        var quoted = String.UnicodeScalarView()
        while index < scalars.count, scalars[index] != "\"" {
          // Only a quotation mark is taken as escaped: old browsers write a whole path with its backslashes as they are.
          if scalars[index] == "\\", index + 1 < scalars.count, scalars[index + 1] == "\"" { index += 1 }
          quoted.append(scalars[index])
          index += 1
        }
        content = String(quoted)
        _ = upTo(";")
      } else {
        content = string(upTo(";"))
      }
      if parameters[name] == nil { parameters[name] = content }
    }
  }

  /// A parameter by its name in small letters.
  subscript(name: String) -> String? { parameters[name] }

  /// A parameter in the extended form of RFC 8187, as in `filename*=UTF-8''%e2%82%ac.txt`; nil when there is none.
  func extended(_ name: String) -> String? {
    guard let text = parameters[name + "*"] else { return nil }
    let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
    return parts[2].removingPercentEncoding
  }
}
