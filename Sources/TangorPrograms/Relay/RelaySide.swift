/// The two ends of a relayed socket.
enum RelaySide: Sendable {
  /// The client, whose frames are masked.
  case page
  /// The program, towards which the relay is a client.
  case program

  /// The other end.
  var other: Self { self == .page ? .program : .page }
}
