import Foundation
public import Hummingbird
public import NIOCore

/// A request's context that knows the connection the request came on.
///
/// Tangor's routes work in any Hummingbird application whose context has this one member more.
public protocol ChannelRequestContext: RequestContext {
  /// The connection.
  var channel: any Channel { get }
}

extension ChannelRequestContext {
  /// Who sent the request.
  public var client: Client { Client(channel: channel) }

  /// The elements of the path by their names in the route's pattern, decoded.
  package var pathParameters: [String: String] {
    Dictionary(parameters.map { (String($0.key), $0.value.removingPercentEncoding ?? String($0.value)) }) { $1 }
  }
}

/// The context of a Tangor application's requests.
public struct TangorRequestContext: ChannelRequestContext {
  public var coreContext: CoreRequestContextStorage
  public let channel: any Channel

  public init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}
