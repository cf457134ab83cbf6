import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
import TangorCore
import TangorJSON
public import TangorServing

/// The endpoints of the kind `vtkweb`: `/vtkweb`, `/vtkweb/<key>` and `/vtkweb/path/to/script.py`. The contract stands in `docs/wire.md`.
public struct VTKWebRoutes<Context: ChannelRequestContext>: Sendable {
  private let registry: ProgramRegistry
  private let door: ProgramDoor

  package init(_ registry: ProgramRegistry, door: ProgramDoor) {
    self.registry = registry
    self.door = door
  }

  /// The endpoints, to be added to a router below the base path.
  public var endpoints: RouteCollection<Context> {
    let routes = RouteCollection(context: Context.self)
    routes.methods(at: "/vtkweb", [(.get, list), (.post, launch)])
    // A key for what is there, the path of a script for what is launched.
    routes.methods(at: "/vtkweb/**", [(.get, report), (.post, launch), (.delete, terminate)])
    return routes
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    respond(ProgramAnswer.keys(registry.programs.filter { $0.kind == VTKWebConfiguration.name }))
  }

  private func launch(_ request: Request, _ context: Context) async throws -> Response {
    try await answer(context) {
      try door.origins.check(request)
      let fields = try await ProgramRequest(request)
      let path = try ProgramDoor.rest(of: request, behind: "/vtkweb", basePath: door.basePath)
      guard let script = path.isEmpty ? fields.script : path, !script.isEmpty else {
        throw TangorError(.invalidRequest, "The path of the script is missing: POST /vtkweb/path/to/script.py.")
      }
      let program = try await door.launch(VTKWebConfiguration.name, script, fields, context)
      return respond(door.answer.launchedVTKWeb(program, at: door.address(request, context)))
    }
  }

  private func report(_ request: Request, _ context: Context) async throws -> Response {
    try await answer(context) {
      let program = try find(request)
      let ended = program.hasEnded
      let report = door.answer.report(program)
      if ended { registry.forget(program.key) }
      return respond(report)
    }
  }

  private func terminate(_ request: Request, _ context: Context) async throws -> Response {
    try await answer(context) {
      try door.origins.check(request)
      let key = try find(request).key
      try await registry.terminate(key)
      return respond(ProgramAnswer.terminated(key))
    }
  }

  private func find(_ request: Request) throws -> Program {
    let program = try door.program(ProgramDoor.rest(of: request, behind: "/vtkweb", basePath: door.basePath))
    guard program.kind == VTKWebConfiguration.name else { throw TangorError.programNotFound(program.key.description) }
    return program
  }

  private func respond(_ body: JSONFragment) -> Response { ProgramDoor.respond(body) }

  /// Answers failures in the form that these endpoints have for them.
  private func answer(_ context: Context, _ perform: () async throws -> Response) async throws -> Response {
    do {
      return try await perform()
    } catch let error as CancellationError {
      throw error
    } catch {
      let problem = (error as? ProgramStartError)?.error ?? error as? TangorError ?? TangorError(.internalError)
      if !(error is ProgramStartError), !(error is TangorError) { context.logger.error("vtkweb failed", metadata: ["error": "\(error)"]) }
      var response = ProgramDoor.respond(ProgramAnswer.failed(error, requestID: context.id))
      response.status = HTTPResponse.Status(code: problem.code.status)
      response.headers[.retryAfter] = problem.retryAfterField
      return response
    }
  }
}
