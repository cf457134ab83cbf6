package import TangorCore
package import TangorJSON

/// One request object of JSON-RPC 2.0, or what is wrong with it.
struct LiveRequest {
  /// The id as it was written; `nil` for a notification.
  var id: JSONFragment?
  var method = ""
  var parameters = JSONObject()
  /// Where the parameters stand in the message, when they are an object; they are made into ``parameters`` for methods that want that.
  var parameterBytes: Range<Int>?
  /// Why the request cannot be carried out.
  var error: TangorError?

  var isNotification: Bool { id == nil && error == nil }

  /// What one message holds.
  enum Message {
    case single(LiveRequest)
    case batch([LiveRequest])
    /// Not JSON, or an empty or too large batch: one error answers all of it.
    case invalid(TangorError)
  }

  /// Reads a message.
  ///
  /// - Parameters:
  ///   - bytes: The message.
  ///   - maximumBatch: How many requests a batch may hold.
  ///   - isDirect: Whether a method takes its parameters as bytes, so that no tree is made of them.
  static func parse(
    _ bytes: UnsafeRawBufferPointer, maximumBatch: Int, isDirect: (_ method: String) -> Bool = { _ in false }
  ) -> Message {
    do {
      var message = try read(bytes, maximumBatch: maximumBatch)
      switch message {
      case .single(var request):
        try request.readParameters(bytes, isDirect)
        message = .single(request)
      case .batch(var requests):
        for index in requests.indices { try requests[index].readParameters(bytes, isDirect) }
        message = .batch(requests)
      case .invalid: break
      }
      return message
    } catch {
      return .invalid(TangorError(.parseError, "The message is not JSON: \(error)"))
    }
  }

  private mutating func readParameters(_ bytes: UnsafeRawBufferPointer, _ isDirect: (String) -> Bool) throws {
    guard let range = parameterBytes, error == nil, !isDirect(method) else { return }
    parameters = try JSONReader.read(UnsafeRawBufferPointer(rebasing: bytes[range])) { try $0.read(JSONObject.self) }
  }

  private static func read(_ bytes: UnsafeRawBufferPointer, maximumBatch: Int) throws -> Message {
    try JSONReader.read(bytes) { reader in
      guard try reader.peekKind() == .array else { return .single(try read(&reader)) }
      var requests: [LiveRequest] = []
      try reader.readArray { reader throws(JSONError) in
        if requests.count <= maximumBatch { requests.append(try read(&reader)) }
      }
      if requests.isEmpty { return .invalid(TangorError(.invalidRequest, "A batch holds at least one request.")) }
      if requests.count > maximumBatch {
        return .invalid(TangorError(.invalidRequest, "A batch may hold \(maximumBatch) requests at the most."))
      }
      return .batch(requests)
    }
  }

  private static func read(_ reader: inout JSONReader) throws(JSONError) -> LiveRequest {
    var request = LiveRequest()
    guard try reader.peekKind() == .object else {
      try reader.skipValue()
      request.refuse("A request is an object.")
      return request
    }
    var hasVersion = false
    var hasMethod = false
    try reader.readObject { reader, key throws(JSONError) in
      if key == "jsonrpc" {
        guard try reader.peekKind() == .string else { return }
        hasVersion = try reader.readString() == "2.0"
      } else if key == "method" {
        guard try reader.peekKind() == .string else { return }
        request.method = try reader.readString()
        hasMethod = true
      } else if key == "id" {
        switch try reader.peekKind() {
        case .string, .number, .null: request.id = try reader.readFragment()
        default: request.refuse("An id is a string, a number or null.")
        }
      } else if key == "params" {
        switch try reader.peekKind() {
        case .object:
          request.parameterBytes = try reader.readRawValue()
        case .array:
          try reader.skipValue()
          request.refuse("Parameters go by name here: params is an object.", .invalidParameters)
        default: request.refuse("params is an object.")
        }
      }
    }
    if !hasVersion { request.refuse("A request has the member \"jsonrpc\": \"2.0\".") }
    if !hasMethod { request.refuse("A request has a member \"method\" with the method's name.") }
    return request
  }

  private mutating func refuse(_ detail: String, _ code: ErrorCode = .invalidRequest) {
    guard error == nil || code == .invalidRequest && error?.code != .invalidRequest else { return }
    error = TangorError(code, detail)
  }
}

/// Response objects of JSON-RPC 2.0.
enum LiveResponse {
  static let resultStart: String = #"{"jsonrpc":"2.0","id":"#
  static let resultMiddle: String = #","result":"#

  static func result(_ id: JSONFragment, _ result: JSONFragment) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(40 + id.bytes.count + result.bytes.count)
    bytes.append(contentsOf: resultStart.utf8)
    bytes.append(contentsOf: id.bytes)
    bytes.append(contentsOf: resultMiddle.utf8)
    bytes.append(contentsOf: result.bytes)
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  static func error(_ id: JSONFragment?, _ error: TangorError) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("jsonrpc")
    writer.write("2.0")
    writer.writeKey("id")
    writer.write(id ?? .null)
    writer.writeKey("error")
    writer.write(error.rpcObject)
    writer.endObject()
    return writer.bytes
  }

  static func notification(_ method: String, _ parameters: JSONFragment) -> [UInt8] {
    var writer = JSONWriter(capacity: 48 + method.utf8.count + parameters.bytes.count)
    writer.beginObject()
    writer.writeKey("jsonrpc")
    writer.write("2.0")
    writer.writeKey("method")
    writer.write(method)
    writer.writeKey("params")
    writer.write(parameters)
    writer.endObject()
    return writer.bytes
  }
}

extension TangorError {
  /// The error object of JSON-RPC 2.0.
  package var rpcObject: JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("code")
    writer.write(code.rpcCode)
    writer.writeKey("message")
    writer.write(code.title)
    writer.writeKey("data")
    writer.beginObject()
    writer.writeKey("code")
    writer.write(code.name)
    writer.writeKey("detail")
    writer.write(detail)
    writer.writeKey("retry")
    writer.write(code.retry)
    if let retryAfter {
      writer.writeKey("retryAfter")
      writer.write(retryAfter.seconds)
    }
    writer.endObject()
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }
}
