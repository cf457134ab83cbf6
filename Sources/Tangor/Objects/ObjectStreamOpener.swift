import TangorCore
import TangorObjects
import TangorServing
import TangorStreams

/// Makes streams of the sequences that methods of objects return.
struct ObjectStreamOpener: ObjectStreams {
  let registry: StreamRegistry

  func open<S: Sequence>(_ sequence: sending S, for caller: ObjectCaller) throws -> Key where S.Element: Encodable & SendableMetatype {
    try registry.open(StreamSource(sequence), client: Client(address: caller.address, roles: caller.roles))
  }

  func open<S: AsyncSequence>(_ sequence: sending S, for caller: ObjectCaller) throws -> Key
  where S.Element: Encodable & SendableMetatype {
    try registry.open(StreamSource(sequence), client: Client(address: caller.address, roles: caller.roles))
  }
}
