import TangorCore
import TangorJSON

/// The JSON that the doors of signals give out. The contract stands in `docs/wire.md`.
enum SignalAnswer {
  /// What a wait answers that ended with a signal.
  static func came(_ message: SignalMessage) -> JSONFragment {
    var writer = JSONWriter(capacity: 24 + message.name.utf8.count + message.value.bytes.count)
    writer.beginObject()
    writer.writeKey("name")
    writer.write(message.name)
    writer.writeKey("value")
    writer.write(message.value)
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }

  /// What sending answers.
  static func sent(_ delivery: SignalDelivery) -> JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("woken")
    writer.write(delivery.woken)
    writer.writeKey("kept")
    writer.write(delivery.isKept)
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }
}
