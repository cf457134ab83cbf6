public import TangorCore

/// Something that happened to an upload.
public struct UploadEvent: Sendable {
  /// What happened.
  public enum Phase: Sendable {
    /// The first byte is awaited; for a resumable upload, whenever it goes on.
    case started
    /// More has been written.
    case progress
    /// The file stands under its name; a new one, or in the place of another.
    case finished(isNew: Bool)
    /// It was refused, broke off or could not be stored. A resumable upload may still go on.
    case failed(TangorError)
  }

  /// What tells uploads apart.
  public let id: String
  /// Where it was sent to, as in `/uploads`.
  public let route: String
  /// The file's name.
  public let name: String
  /// What has been written, in bytes.
  public let bytes: Int
  /// The whole length in bytes, where it was announced.
  public let total: Int?
  /// What happened.
  public let phase: Phase
}
