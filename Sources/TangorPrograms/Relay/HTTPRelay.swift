import AsyncHTTPClient
import HTTPTypes
package import Hummingbird
package import NIOCore
import NIOHTTP1
import NIOPosix
import TangorCore
import TangorServing

/// Relays plain HTTP requests to programs on this machine.
///
/// Bodies stream both ways as fast as the slower side takes them; neither is kept whole, decompressed or limited. A program sees where a
/// request comes from in `X-Forwarded-For`, `-Host`, `-Proto` and `-Prefix`; addresses of its own in `Location`, `Content-Location` and
/// in the paths of cookies are rewritten, so that a program need not know below which path it is shown. What stands in its pages is not.
package struct HTTPRelay: Sendable {
  private let configuration: RelayConfiguration
  private let origins: OriginPolicy
  private let client: HTTPClient

  /// - Parameter configuration: The settings.
  package init(configuration: RelayConfiguration) {
    self.configuration = configuration
    origins = OriginPolicy(configuration.origins)
    var client = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(configuration.connectTimeout), read: TimeAmount(configuration.responseTimeout)),
      decompression: .disabled)
    client.httpVersion = .http1Only
    // Shorter than what servers in Python keep connections for, so that few requests meet one that is just being closed.
    client.connectionPool.idleTimeout = .seconds(5)
    client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    client.connectionPool.retryConnectionEstablishment = false
    self.client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: client)
  }

  /// Ends the connections to programs. To be called once, when no request is to come any more.
  package func shutdown() async { try? await client.shutdown() }

  /// Asks a program, and answers what it answers.
  ///
  /// The program gets the request's headers, but for `Authorization`, `Origin` and those of the connection. Methods that change something
  /// are refused to pages of foreign origins, because programs do not look.
  ///
  /// - Parameters:
  ///   - request: The client's request.
  ///   - channel: The client's connection.
  ///   - target: The program.
  ///   - path: The program's path, with its query.
  ///   - prefix: The path below which the client sees the program, as in `/program/key`, without a slash at its end.
  /// - Throws: `bad_gateway` when the program cannot be reached or breaks off before its answer, `timeout` when it does not answer,
  ///   `origin_refused`. When the answer breaks off later, so does the client's.
  package func response(
    to request: Request, channel: any Channel, target: any RelayTarget, path: String, prefix: String
  ) async throws -> Response {
    if !Self.safeMethods.contains(request.method) { try origins.check(request) }
    let address = configuration.address(of: request, on: channel)
    let outgoing = outgoing(request, channel: channel, address: address, port: target.port, path: path, prefix: prefix)
    let client = self.client
    let answer: HTTPClientResponse
    do {
      answer = try await withCancellationOnDisconnect(channel: channel) {
        do {
          return try await client.execute(outgoing, deadline: .now() + Self.longest)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed && outgoing.body == nil && outgoing.method != .POST {
          // A connection that was kept and that the program has closed meanwhile; a new one shows whether it is still there.
          return try await client.execute(outgoing, deadline: .now() + Self.longest)
        }
      }
    } catch let error as HTTPClientError where [.readTimeout, .connectTimeout, .deadlineExceeded].contains(error) {
      throw TangorError(.timeout, "The program did not answer in time.", underlying: error)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      if Task.isCancelled { throw CancellationError() }
      throw TangorError(.badGateway, "The program did not answer the request.", underlying: error)
    }
    return response(answer, to: request, rewriting: ProgramAddress(port: target.port, authority: address.host, prefix: prefix))
  }

  /// The client wants a limit for the time until an answer begins; the time-out for silence comes long before.
  private static let longest = TimeAmount.hours(24)
  private static let safeMethods: [HTTPRequest.Method] = [.get, .head, .options, .trace]

  private func outgoing(
    _ request: Request, channel: any Channel, address: PublicAddress, port: Int, path: String, prefix: String
  ) -> HTTPClientRequest {
    var outgoing = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path.hasPrefix("/") ? "" : "/")\(path.escapedURI)")
    outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
    let headers = ForwardedHeaders(
      request, channel: channel, leavingOut: ["content-length", "origin"], address: address, prefix: prefix)
    for field in headers.fields { outgoing.headers.add(name: field.name, value: field.value) }
    if let length = request.headers[.contentLength].flatMap({ Int64($0) }) {
      if length > 0 || request.method != .get { outgoing.body = .stream(request.body, length: .known(length)) }
    } else if request.headers[.transferEncoding] != nil {
      outgoing.body = .stream(request.body, length: .unknown)
    }
    return outgoing
  }

  private func response(_ answer: HTTPClientResponse, to request: Request, rewriting address: ProgramAddress) -> Response {
    let ofConnection = Set(
      answer.headers[canonicalForm: "connection"].map { $0.lowercased() })
    var headers = HTTPFields()
    for (name, value) in answer.headers {
      let lower = name.lowercased()
      guard ForwardedHeaders.isPassedBack(lower, ofConnection: ofConnection), let field = HTTPField.Name(name) else { continue }
      switch lower {
      case "location", "content-location": headers.append(HTTPField(name: field, value: address.rewritten(location: value)))
      case "set-cookie": headers.append(HTTPField(name: field, value: address.rewritten(cookie: value)))
      default: headers.append(HTTPField(name: field, value: value))
      }
    }
    let status = HTTPResponse.Status(code: Int(answer.status.code), reasonPhrase: answer.status.reasonPhrase)
    guard request.method != .head, answer.status.mayHaveResponseBody else {
      var response = Response(status: status, headers: headers)
      // What has no body has no length either, unless the program said one.
      response.headers[.contentLength] = headers[.contentLength]
      return response
    }
    let body = answer.body
    let length = headers[.contentLength].flatMap { Int($0) }
    headers[.contentLength] = nil
    return Response(
      status: status, headers: headers,
      body: ResponseBody(contentLength: length) { writer in
        for try await part in body { try await writer.write(part) }
        try await writer.finish(nil)
      })
  }
}

extension String {
  /// A path with its query in which all stands escaped that no URI may hold.
  ///
  /// Browsers leave some such characters as they are. The HTTP client would then escape everything anew, escapes too.
  fileprivate var escapedURI: String {
    let bytes = Array(utf8)
    let isEscapeDigit: (Int) -> Bool = { $0 < bytes.count && UnicodeScalar(bytes[$0]).properties.isASCIIHexDigit }
    var escaped: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "%") where isEscapeDigit(index + 1) && isEscapeDigit(index + 2): escaped.append(byte)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        escaped.append(byte)
      default:
        if Self.uriCharacters.contains(byte) {
          escaped.append(byte)
        } else {
          escaped += "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))".utf8
        }
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }

  private static let uriCharacters = Set("-._~!$&'()*+,;=:@/?".utf8)
}
