/// What the updates through one port did to a table between two polls.
package struct ChangeSet: Sendable {
  /// Through which port; 0 for the default one, and for removals.
  package let port: Int
  /// The slots of the rows that were written and are there, each once, in the order in which they were first written.
  package var written: [UInt32] = []
  /// How many of them are new.
  package var addedCount = 0
  /// The keys of the rows that went, ascending, on a table with an index; nil when none did.
  package var removedKeys: BatchColumn?
}
