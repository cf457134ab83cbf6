import TangorCore
import TangorJSON
import TangorServing

/// What is told of programs, as JSON.
struct ProgramAnswer {
  let basePath: String

  /// The path of a program's WebSocket; nil when it has none.
  func socket(_ program: Program) -> String? { program.settings.mainWebSocket.map { _ in "\(basePath)/\(program.key)/ws" } }

  /// The path of a program's page; nil when plain HTTP is not relayed.
  func page(_ program: Program) -> String? { program.settings.relaysHTTP ? "\(basePath)/program/\(program.key)/" : nil }

  /// The answer to a launch at `/vtkweb`.
  func launchedVTKWeb(_ program: Program, at address: PublicAddress) -> JSONFragment {
    fragment { writer in
      writer.field("status", "complete")
      writeAddress(program, address, &writer)
      writer.field("key", program.key.description)
      writer.field("id", program.key.description)
      writer.field("secret", program.secret)
    }
  }

  /// The answer to a launch of any kind.
  ///
  /// - Parameter address: How the client reached the server; nil where that is not known.
  func launched(_ program: Program, at address: PublicAddress?) -> JSONFragment {
    fragment { writer in
      writer.field("status", "complete")
      if let address { writeAddress(program, address, &writer) }
      writer.field("id", program.key.description)
      writeInfo(program, &writer)
    }
  }

  private func writeAddress(_ program: Program, _ address: PublicAddress, _ writer: inout JSONWriter) {
    guard let path = socket(program) else { return }
    writer.field("url", address.webSocket(path))
    writer.field("sessionURL", address.webSocket(path))
  }

  /// What is told of one program.
  func info(_ program: Program) -> JSONFragment { fragment { writeInfo(program, &$0) } }

  /// What is told of some programs.
  func infos(_ programs: [Program]) -> JSONFragment {
    var writer = JSONWriter()
    writer.beginArray()
    for program in programs {
      writer.beginObject()
      writeInfo(program, &writer)
      writer.endObject()
    }
    writer.endArray()
    return JSONFragment(unchecked: writer.bytes)
  }

  private func writeInfo(_ program: Program, _ writer: inout JSONWriter) {
    writer.field("key", program.key.description)
    writer.field("kind", program.kind)
    writer.field("script", program.script)
    writer.field("process", program.process)
    writer.writeKey("port")
    writer.write(program.port)
    if let returnCode = program.returnCode {
      writer.writeKey("returncode")
      writer.write(Int(returnCode))
    }
    writer.field("socket", socket(program))
    writer.field("page", page(program))
    writer.field("secret", program.secret)
    writer.writeKey("sockets")
    writer.write(program.socketCount)
  }

  /// The report of Tangelo's form: each line that was printed is told once.
  func report(_ program: Program) -> JSONFragment {
    // Asked before the lines are taken, so that what ends meanwhile is told with all its lines the next time.
    let returnCode = program.returnCode
    let lines = program.log.drain()
    return fragment { writer in
      writer.field("status", "complete")
      writer.field("process", returnCode == nil ? "running" : "terminated")
      if let returnCode {
        writer.writeKey("returncode")
        writer.write(Int(returnCode))
      }
      writer.writeKey("port")
      writer.write(program.port)
      writer.field("stdout", lines.standardOutput)
      writer.field("stderr", lines.standardError)
    }
  }

  /// The keys of some programs.
  static func keys(_ programs: [Program]) -> JSONFragment {
    var writer = JSONWriter()
    writer.beginArray()
    for program in programs { writer.write(program.key.description) }
    writer.endArray()
    return JSONFragment(unchecked: writer.bytes)
  }

  /// A key alone.
  static func key(_ key: Key) -> JSONFragment { fragment { $0.field("key", key.description) } }

  /// What answers the end of a program.
  static func terminated(_ key: Key) -> JSONFragment {
    fragment { writer in
      writer.field("status", "complete")
      writer.field("key", key.description)
    }
  }

  /// A failure in the form of `/vtkweb`.
  static func failed(_ error: any Error, requestID: String) -> JSONFragment {
    let problem = (error as? ProgramStartError)?.error ?? error as? TangorError ?? TangorError(.internalError)
    return fragment { writer in
      writer.field("status", "failed")
      writer.field("reason", problem.detail)
      writer.field("code", problem.code.name)
      writer.field("error", problem.detail)
      writer.field("requestId", requestID)
      guard let failure = error as? ProgramStartError else { return }
      if let returnCode = failure.returnCode {
        writer.writeKey("returncode")
        writer.write(Int(returnCode))
      }
      writer.field("stdout", failure.standardOutput)
      writer.field("stderr", failure.standardError)
    }
  }

  private static func fragment(_ write: (inout JSONWriter) -> Void) -> JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    write(&writer)
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }

  private func fragment(_ write: (inout JSONWriter) -> Void) -> JSONFragment { Self.fragment(write) }
}

extension Program {
  /// What it is doing, in a word.
  fileprivate var process: String {
    switch phase {
    case .starting: "starting"
    case .running, .ending: "running"
    case .ended: "terminated"
    }
  }
}

extension JSONWriter {
  fileprivate mutating func field(_ name: String, _ value: String?) {
    writeKey(name)
    if let value { write(value) } else { writeNull() }
  }

  fileprivate mutating func field(_ name: String, _ values: [String]) {
    writeKey(name)
    beginArray()
    for value in values { write(value) }
    endArray()
  }
}
