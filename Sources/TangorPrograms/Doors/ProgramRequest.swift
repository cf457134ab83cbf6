import HTTPTypes
import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
import TangorServing

/// What a request to launch a program says: in its query, in a form, or as JSON.
struct ProgramRequest: Sendable {
  /// The script, where the path does not name it.
  var script: String?
  var arguments: [String] = []
  var timeout: Duration?

  private static let largestBody = ByteSize.kibibytes(64)
  private static let longestTimeout = 3_600.0

  /// - Throws: `invalid_request` and `payload_too_large` for what cannot be understood.
  init(_ request: Request) async throws {
    if let query = request.uri.query { try read(form: query, "query") }
    let body = try await request.collectBody(upTo: Self.largestBody)
    guard body.readableBytes > 0 else { return }
    let type = request.headers[.contentType] ?? ""
    let first = body.readableBytesView.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    // A launcher's page says that its JSON is plain text.
    if type.isJSONMediaType || first == UInt8(ascii: "{") {
      try read(json: body)
    } else if type.isEmpty || type.lowercased().hasPrefix("application/x-www-form-urlencoded") {
      try read(form: String(buffer: body), "form")
    } else {
      throw TangorError(.unsupportedMediaType, "A program is launched with JSON or with a form (application/x-www-form-urlencoded).")
    }
  }

  private mutating func read(form text: some StringProtocol, _ place: String) throws {
    guard let form = FormFields(parsing: text) else {
      throw TangorError(.invalidRequest, "The \(place) is not percent-encoded UTF-8.")
    }
    for (name, value) in form.fields {
      switch name {
      case "args": arguments += value.split(whereSeparator: \.isWhitespace).map { String($0) }
      case "program": script = value
      case "timeout":
        guard let seconds = Double(value) else { throw Self.wrongTimeout }
        try set(timeout: seconds)
      default: throw Self.unknown(name)
      }
    }
  }

  private mutating func read(json body: ByteBuffer) throws {
    let value: JSONValue
    do {
      value = try body.withUnsafeReadableBytes { bytes in try JSONReader.read(bytes) { reader in try reader.readValue() } }
    } catch {
      throw TangorError(.parseError, "The body is not JSON: \(error)")
    }
    guard let object = value.object else { throw TangorError(.invalidRequest, "The body is a JSON object with 'args' and 'timeout'.") }
    for (name, value) in object where !value.isNull {
      switch name {
      case "args": arguments += try Self.arguments(value)
      case "program", "application":
        guard let text = value.string else { throw TangorError(.invalidRequest, "'\(name)' is the path of a script.") }
        script = text
      case "timeout":
        guard let seconds = value.double else { throw Self.wrongTimeout }
        try set(timeout: seconds)
      // What launchers' pages send beside, from the page's own address.
      default: if object["application"] == nil { throw Self.unknown(name) }
      }
    }
  }

  /// Arguments as JSON: a text with blanks between them, or a list of texts.
  ///
  /// - Throws: `invalid_request`.
  static func arguments(_ value: JSONValue) throws -> [String] {
    if let text = value.string { return text.split(whereSeparator: \.isWhitespace).map { String($0) } }
    let texts = value.array?.compactMap(\.string)
    guard let texts, texts.count == value.array?.count else {
      throw TangorError(.invalidRequest, "Arguments are a text with blanks between them, or a list of texts.")
    }
    return texts
  }

  private mutating func set(timeout seconds: Double) throws {
    guard seconds > 0, seconds <= Self.longestTimeout else { throw Self.wrongTimeout }
    timeout = .seconds(seconds)
  }

  private static let wrongTimeout = TangorError(.invalidRequest, "'timeout' is a number of seconds, up to 3600.")

  private static func unknown(_ name: String) -> TangorError {
    TangorError(.invalidRequest, "'\(name.prefix(32))' is not understood here; 'args' and 'timeout' are.")
  }
}
