public import TangorCore
import TangorServing

/// How the bodies of a service's requests are received.
///
/// A whole body is bounded by `limits.body_size`, and by `limits.request_timeout` in time. A streamed one has bounds of its own, is
/// asked for when the service begins to read it (`100 Continue`), and may come for as long as it comes fast enough.
public struct BodyReception: Sendable, Hashable {
  struct Terms: Sendable, Hashable {
    let limit: ByteSize?
    let idleTimeout: Duration?
    let minimumRate: ByteSize?
  }

  let terms: Terms?

  /// Bodies that are read whole. ``ServiceRequest/input`` works too, within the limits of all requests.
  public static let whole = Self(terms: nil)

  /// Bodies that the service reads as they arrive, with ``ServiceRequest/input``.
  ///
  /// - Parameters:
  ///   - limit: The largest body; 413 beyond. nil for any size.
  ///   - idleTimeout: How long no byte may come while the service reads; 408 beyond. `limits.request_timeout` by default.
  ///   - minimumRate: Bytes that must come in a second, beyond the idle time-out; 408 otherwise. nil for bodies that trickle by their
  ///     nature, such as a line now and then.
  public static func streamed(
    limit: ByteSize? = nil, idleTimeout: Duration? = nil, minimumRate: ByteSize? = .kibibytes(1)
  ) -> Self { Self(terms: Terms(limit: limit, idleTimeout: idleTimeout, minimumRate: minimumRate)) }
}
