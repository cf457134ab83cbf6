import HTTPTypes
public import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
public import TangorServing

/// The endpoints of programs of all kinds: `/programs`, `/programs/<kind>` and `/programs/<key>`. The contract stands in `docs/wire.md`.
public struct ProgramRoutes<Context: ChannelRequestContext>: Sendable {
  private let registry: ProgramRegistry
  private let door: ProgramDoor

  package init(_ registry: ProgramRegistry, door: ProgramDoor) {
    self.registry = registry
    self.door = door
  }

  /// The endpoints, to be added to a router below the base path.
  public var endpoints: RouteCollection<Context> {
    let routes = RouteCollection(context: Context.self)
    routes.methods(at: "/programs", [(.get, list)])
    // A key for what is there, the name of a kind for what is launched.
    routes.methods(at: "/programs/:key", [(.get, info), (.post, launch), (.delete, terminate)])
    routes.methods(at: "/programs/:key/**", [(.get, logs), (.post, launch)])
    return routes
  }

  private func list(_ request: Request, _ context: Context) -> Response { ProgramDoor.respond(door.answer.infos(registry.programs)) }

  private func info(_ request: Request, _ context: Context) throws -> Response {
    ProgramDoor.respond(door.answer.info(try door.program(context.parameters.get("key") ?? "")))
  }

  private func launch(_ request: Request, _ context: Context) async throws -> Response {
    try door.origins.check(request)
    let fields = try await ProgramRequest(request)
    let kind = context.pathParameters["key"] ?? ""
    let segment = request.uri.path.dropFirst(door.basePath.count + "/programs/".count).prefix { $0 != "/" }
    let path = try ProgramDoor.rest(of: request, behind: "/programs/" + segment, basePath: door.basePath)
    do {
      let program = try await door.launch(kind, path.isEmpty ? fields.script : path, fields, context)
      return ProgramDoor.respond(door.answer.launched(program, at: door.address(request, context)))
    } catch let failure as ProgramStartError {
      throw failure.error
    }
  }

  private func terminate(_ request: Request, _ context: Context) async throws -> Response {
    try door.origins.check(request)
    let key = try door.program(context.parameters.get("key") ?? "").key
    try await registry.terminate(key)
    return ProgramDoor.respond(ProgramAnswer.terminated(key))
  }

  private func logs(_ request: Request, _ context: Context) throws -> Response {
    let program = try door.program(context.parameters.get("key") ?? "")
    guard request.uri.path.hasSuffix("/\(program.key)/logs") else {
      throw TangorError(.notFound, "Of a program, 'logs' is told here and nothing else.")
    }
    var after = 0
    var maximum = ProgramLog.Page.largest
    guard let query = FormFields(parsing: request.uri.query ?? "") else {
      throw TangorError(.invalidRequest, "The query is not percent-encoded UTF-8.")
    }
    for (name, value) in query.fields {
      switch (name, Int(value)) {
      case ("after", let number?) where number >= 0: after = number
      case ("max", let number?) where (1...ProgramLog.Page.largest).contains(number): maximum = number
      default:
        throw TangorError(
          .invalidRequest,
          "'after' is the index of a line, and 'max' a number of lines up to \(ProgramLog.Page.largest); nothing else is understood here.")
      }
    }
    return ProgramDoor.respond(program.log.lines(after: after, max: maximum).json)
  }
}
