import SwiftProtobuf
import TangorTables

/// A request as it came.
///
/// A large data set in it stays in the memory in which it came; the rest is decoded as any message.
struct IncomingRequest {
  let request: WireRequest
  /// The data set that was cut out; nil when the request holds what data there is.
  let payload: Vector<UInt8>?

  /// Data sets of fewer bytes are decoded with the message.
  private static let payloadThreshold = 16 << 10
  /// The requests that carry a data set, in the first field of their first field.
  private static let dataRequests: Set<Int> = [27, 31, 32, 33]
  private static let dataFields: Set<Int> = [2, 3, 4, 5, 7]

  /// - Throws: When the bytes are no request.
  init(_ bytes: Vector<UInt8>) throws(RequestError) {
    let cut = bytes.count < Self.payloadThreshold ? nil : bytes.withUnsafeBufferPointer(Self.cut)
    do {
      if let cut {
        request = try WireRequest(serializedBytes: cut.head)
        payload = bytes.slice(cut.payload)
      } else {
        request = try bytes.withUnsafeBufferPointer { try WireRequest(serializedBytes: Array($0)) }
        payload = nil
      }
    } catch {
      throw RequestError("The message is not a request of Perspective's protocol: its bytes cannot be decoded.")
    }
  }

  /// Finds the data set of a request that has one, and makes the message that is left without it.
  ///
  /// - Returns: nil when there is none, or when the message is unusual enough to be decoded as a whole.
  private static func cut(_ bytes: UnsafeBufferPointer<UInt8>) -> (head: [UInt8], payload: Range<Int>)? {
    guard let fields = WireBytes.fields(bytes, 0..<bytes.count),
      let body = only(fields.filter { $0.number >= 3 && $0.kind == 2 }), dataRequests.contains(body.number),
      let parts = WireBytes.fields(bytes, body.contents), let data = only(parts.filter { $0.number == 1 }), data.kind == 2,
      let kinds = WireBytes.fields(bytes, data.contents), let payload = only(kinds), payload.kind == 2, dataFields.contains(payload.number),
      payload.contents.count >= payloadThreshold
    else { return nil }
    // The field stays, empty, so that it is known what the data was.
    let emptied: [UInt8] = [0x0A, 2, UInt8(payload.number << 3 | 2), 0]
    var inner: [UInt8] = []
    for part in parts { inner += part.whole == data.whole ? emptied[...] : ArraySlice(bytes[part.whole]) }
    var head: [UInt8] = []
    for field in fields where field.whole != body.whole { head += bytes[field.whole] }
    WireBytes.appendHead(body.number, length: inner.count, to: &head)
    return (head + inner, payload.contents)
  }

  private static func only(_ fields: [WireBytes.Field]) -> WireBytes.Field? { fields.count == 1 ? fields[0] : nil }
}
