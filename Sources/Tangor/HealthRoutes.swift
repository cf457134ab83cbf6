import HTTPTypes
import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
import TangorServing
import TangorStreams

/// `/healthz` and `/readyz`.
struct HealthRoutes {
  let app: TangorApp

  var collection: RouteCollection<TangorRequestContext> {
    let routes = RouteCollection(context: TangorRequestContext.self)
    routes.methods(at: "/healthz", [(.get, health), (.head, health)])
    routes.methods(at: "/readyz", [(.get, ready), (.head, ready)])
    return routes
  }

  @Sendable private func health(_ request: Request, _ context: TangorRequestContext) throws -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("status")
    writer.write("ok")
    if request.uri.queryParameters["verbose"] != nil {
      writer.writeKey("version")
      writer.write(tangorVersion)
      writer.writeKey("uptime")
      writer.write(Double(app.readiness.uptime.components.seconds))
      for (name, counts) in app.counts {
        writer.writeKey(name)
        writer.beginObject()
        for (count, value) in counts {
          writer.writeKey(count)
          writer.write(value)
        }
        writer.endObject()
      }
      writeTasks(to: &writer)
    }
    writer.endObject()
    return response(writer.bytes, request)
  }

  /// The most tasks that are told one by one.
  private static let listedTasks = 200

  private func writeTasks(to writer: inout JSONWriter) {
    let (tasks, counts, now) = (app.tasks.all, app.tasks.statistics, app.tasks.now)
    writer.writeKey("tasks")
    writer.beginObject()
    for (name, count) in [("active", counts.active), ("kept", counts.kept), ("started", counts.started), ("failed", counts.failed)] {
      writer.writeKey(name)
      writer.write(count)
    }
    // Those that go on come first, and among them those that were there from the beginning.
    let ordered = tasks.filter { !$0.state.hasEnded } + tasks.reversed().filter(\.state.hasEnded)
    writer.writeKey("list")
    writer.beginArray()
    for task in ordered.prefix(Self.listedTasks) { task.write(to: &writer, now: now) }
    writer.endArray()
    writer.endObject()
  }

  @Sendable private func ready(_ request: Request, _ context: TangorRequestContext) throws -> Response {
    guard app.readiness.isReady else {
      throw TangorError(.shuttingDown, "The server is going down.", retryAfter: app.configuration.serving.shutdownGrace)
    }
    return response(Array(#"{"status":"ready"}"#.utf8), request)
  }

  private func response(_ body: [UInt8], _ request: Request) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: request.method == .head ? .init() : .init(byteBuffer: ByteBuffer(bytes: body)))
  }
}

extension TangorApp {
  /// What each part holds.
  var counts: [(String, [(String, Int)])] {
    let streams = streams.statistics
    let polls = polls.statistics
    let channels = channels.statistics
    let objects = objects.statistics
    let signals = signals.statistics
    return [
      (
        "streams",
        [
          ("active", streams.streams), ("liveTasks", streams.liveTasks), ("waitingPulls", streams.waitingPulls),
          ("opened", streams.opened), ("expired", streams.expired),
        ]
      ),
      ("polls", [("active", polls.streams), ("liveTasks", polls.liveTasks), ("waitingPulls", polls.waitingPulls)]),
      (
        "channels",
        [("active", channels.channels), ("bytes", channels.bytes), ("published", channels.published), ("readers", channels.readers)]
      ),
      ("signals", [("waiting", signals.waiting), ("kept", signals.kept), ("sent", signals.sent), ("woken", signals.woken)]),
      ("objects", [("exposed", objects.objects), ("runningCalls", objects.running), ("waitingCalls", objects.waiting)]),
      (
        "tables",
        [
          ("hosted", tables.names.count), ("connections", tables.connections), ("namespaces", tables.namespaces.count),
        ]
      ),
      ("programs", [("running", programs.programs.count), ("started", programs.startedCount)]),
      ("webSockets", [("open", sockets.openCount), ("opened", sockets.totalCount)]),
    ]
  }
}
