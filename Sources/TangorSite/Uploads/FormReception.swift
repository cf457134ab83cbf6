import NIOCore
import TangorCore
import TangorServing

/// The files of a form that is being received.
///
/// All are kept as drafts until the form has ended, so that one which is refused takes the others with it. Fields that are no files
/// are passed over, and so are file inputs that were left empty.
struct FormReception {
  private var parser: MultipartParser
  private let folder: UploadFolder
  private let registry: UploadRegistry
  private let files: FileResponder
  private var current: UploadWriter?
  private var complete: [UploadWriter] = []
  private var fields = 0

  /// Fields of a form that are no files.
  private static let maximumFields = 1_000

  init(_ parser: MultipartParser, _ folder: UploadFolder, _ registry: UploadRegistry, _ files: FileResponder) {
    self.parser = parser
    self.folder = folder
    self.registry = registry
    self.files = files
  }

  /// Takes the next bytes of the form.
  ///
  /// - Throws: `TangorError` when the form is malformed, or a file of it is refused.
  mutating func take(_ buffer: ByteBuffer) async throws {
    for event in try parser.feed(buffer) {
      switch event {
      case .begin(_, let fileName?) where !fileName.isEmpty: try await begin(fileName)
      case .begin:
        fields += 1
        guard fields <= Self.maximumFields else { throw TangorError(.payloadTooLarge, "The form has more fields than are taken.") }
      case .data(let data): try await current?.write(data)
      case .end:
        try await current?.flush()
        if let current {
          // Closed already now: a form of many small files must not hold as many descriptors.
          complete.append(current)
          self.current = nil
          try await files.offLoop { [draft = current.draft] in try draft.complete() }
        }
      }
    }
  }

  private mutating func begin(_ fileName: String) async throws {
    let name = try UploadName(fileName)
    guard complete.count < registry.configuration.maximumFiles else {
      throw TangorError(.payloadTooLarge, "A form may bring \(registry.configuration.maximumFiles) files; this one has more.")
    }
    guard !complete.contains(where: { $0.draft.name == name }) else {
      throw TangorError(.invalidParameters, "The form has two files of the name '\(name.text)'.")
    }
    let draft = try await files.offLoop { [folder] in try folder.begin(name, total: nil) }
    current = UploadWriter(draft, registry, files)
  }

  /// Gives the files their names.
  ///
  /// - Throws: `TangorError` when the form was not whole, or a file cannot be stored; those before it then are.
  mutating func finish() async throws -> [UploadDraft.Stored] {
    guard parser.isComplete else { throw MultipartParser.malformed("it has no closing boundary") }
    guard !complete.isEmpty else { throw TangorError(.invalidParameters, "The form brings no file.") }
    let drafts = complete.map(\.draft)
    try await files.offLoop { for draft in drafts { try draft.check() } }
    var stored: [UploadDraft.Stored] = []
    while !complete.isEmpty {
      stored.append(try await complete[0].finish())
      complete.removeFirst()
    }
    return stored
  }

  /// Gives up all that is not stored.
  func fail(_ error: any Error) async {
    for writer in complete { await writer.fail(error) }
    await current?.fail(error)
  }
}
