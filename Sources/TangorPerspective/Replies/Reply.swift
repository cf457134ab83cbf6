import SwiftProtobuf

/// The bytes of a response.
enum Reply {
  /// - Parameters:
  ///   - message: The number of the request that it answers.
  ///   - entity: What the request was about.
  ///   - body: nil for one that only says that something happened.
  static func bytes(_ message: UInt32, _ entity: String, _ body: WireResponse.OneOf_ClientResp?) -> [UInt8] {
    var response = WireResponse()
    response.msgID = message
    response.entityID = entity
    response.clientResp = body
    do {
      return try response.serializedBytes()
    } catch {
      return failure(message, entity, RequestError("The answer is larger than a message can be; ask for a smaller part."))
    }
  }

  /// What a request that could not be answered is told.
  static func failure(_ message: UInt32, _ entity: String, _ error: RequestError) -> [UInt8] {
    var failure = WireServerError()
    failure.message = error.message
    failure.statusCode = error.status
    return bytes(message, entity, .serverError(failure))
  }

  /// A response whose body has one field of bytes, its first, which is copied once.
  ///
  /// - Parameters:
  ///   - field: The number of the body within the response.
  ///   - port: The second field of the body, where it has one.
  static func bytes(_ message: UInt32, _ entity: String, field: Int, _ contents: [UInt8], port: Int = 0) -> [UInt8] {
    guard contents.count < 0x7FFF_0000 else {
      return failure(message, entity, RequestError("The answer has more than 2 GiB; ask for a part of its rows at a time."))
    }
    let portLength = port == 0 ? 0 : 1 + WireBytes.length(of: UInt64(port))
    let bodyLength = 1 + WireBytes.length(of: UInt64(contents.count)) + contents.count + portLength
    var output = head(message, entity, field: field, bodyLength: bodyLength)
    WireBytes.appendHead(1, length: contents.count, to: &output)
    output.append(contentsOf: contents)
    if port != 0 {
      output.append(0x10)
      WireBytes.append(UInt64(port), to: &output)
    }
    return output
  }

  /// A response whose body has two short fields of text, its first and its second.
  ///
  /// - Parameter field: The number of the body within the response.
  static func texts(_ message: UInt32, _ entity: String, field: Int, _ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    var body: [UInt8] = []
    WireBytes.appendHead(1, length: first.count, to: &body)
    body += first
    WireBytes.appendHead(2, length: second.count, to: &body)
    body += second
    return head(message, entity, field: field, bodyLength: body.count) + body
  }

  /// A response up to its body, with room for that.
  private static func head(_ message: UInt32, _ entity: String, field: Int, bodyLength: Int) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bodyLength + entity.utf8.count + 32)
    if message != 0 {
      output.append(0x08)
      WireBytes.append(UInt64(message), to: &output)
    }
    if !entity.isEmpty {
      WireBytes.appendHead(2, length: entity.utf8.count, to: &output)
      output.append(contentsOf: entity.utf8)
    }
    WireBytes.appendHead(field, length: bodyLength, to: &output)
    return output
  }
}
