import TangorJSON

@testable import TangorObjects

/// A client of a registry: asks, and gives the answers' JSON.
struct Client {
  let registry: ObjectRegistry
  var roles: Set<String> = []

  private var caller: ObjectCaller { ObjectCaller(address: "test", roles: roles) }

  func describe(_ path: String) throws -> String { try registry.describe(path, for: caller).description }

  func get(_ path: String) async throws -> String { try await ask(.get, path, nil) }
  func set(_ path: String, _ value: String) async throws { _ = try await ask(.set, path, value) }
  func call(_ path: String, _ arguments: String) async throws -> String { try await ask(.call, path, arguments) }
  func delete(_ path: String) async throws { _ = try await ask(.delete, path, nil) }

  private func ask(_ operation: ObjectOperation, _ path: String, _ text: String?) async throws -> String {
    var out = JSONWriter()
    let rest =
      if let text {
        try Array(text.utf8).withUnsafeBytes { try registry.begin(operation, path, $0, caller: caller, into: &out) }
      } else {
        try registry.begin(operation, path, nil, caller: caller, into: &out)
      }
    return try await rest?().description ?? String(decoding: out.bytes, as: UTF8.self)
  }
}
