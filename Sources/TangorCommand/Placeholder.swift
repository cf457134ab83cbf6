import Hummingbird
import HummingbirdCore
import TangorServing
import TangorCore
import NIOCore
import Logging
@main struct M { static func main() async throws {
  let router = Router(context: TangorRequestContext.self)
  router.add(middleware: RequestObserver())
  var c = WebSocketConfiguration(); c.maximumMessageSize = .mebibytes(64)
  let loops = WebSocketEventLoops()
  let up = WebSocketUpgrade(configuration: c, loops: loops)
  router.get("/echo") { r, ctx in try await up.response(to: r, channel: ctx.channel) { _ in WebSocketEcho() } }
  router.get("/hello") { r, ctx in Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: #"{"message":"Hello, World!","n":1234}"#))) }
  let d = try LiveDispatcher(methods: LiveMethodTable(), title: "x", version: "1", maximumBatch: 100, logger: Logger(label: "x"))
  router.addRoutes(LiveRoutes<TangorRequestContext>(dispatcher: d, configuration: .init(), loops: loops).collection)
  var logger = Logger(label: "tangor"); logger.logLevel = .error
  struct Q: QuickResponder { func answer(_ r: QuickRequest) -> QuickAnswer? { r.path == "/quick" ? QuickAnswer(body: Array(#"{"message":"Hello, World!","n":1234}"#.utf8)) : nil } }
  let serving = HTTPServing(configuration: .init(), quick: Q(), logger: logger)
  let http = HTTP1Channel.Configuration(additionalChannelHandlers: serving.channelHandlers())
  let app = Application(router: router, server: .http1(configuration: http), configuration: .init(address: .hostname("127.0.0.1", port: Int(CommandLine.arguments[1])!), backlog: 1024), logger: logger)
  try await app.runService()
} }
