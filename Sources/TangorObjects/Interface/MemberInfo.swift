package import TangorJSON

/// What is known about a member beside what it does.
package struct MemberInfo: Sendable {
  package enum Kind: String, Sendable { case property, method, object }

  package var name: String
  package var kind: Kind
  /// The type of the property, of the method's result or of the object, as Swift writes it.
  package var type: String
  package var schema: JSONFragment
  package var doc: String
  /// What stands for an empty `doc`: the words of an inner interface, which may be the one that is being made now, so it is asked later.
  package var innerDoc: (@Sendable () -> String)?
  package var source: String?
  package var parameters: [Parameter] = []
  package var isAsync = false
  package var isStream = false
  /// The type and the schema of what a stream's values are, for methods whose result is a sequence.
  package var element: (type: String, schema: JSONFragment)?
  package var canThrow = true
  /// Whether reading and writing it takes no code of its author's worth the name, so that it may run on an event loop.
  package var isStored = false
  package var role: String?
  package var marks: Set<String> = []
  package var isLocking: Bool?
  package var isSynchronous: Bool?
  package var timeLimit: Duration?
  package var maxStartDelay: Duration?
  /// What is wrong with how it was declared.
  package var problem: String?

  init(_ name: String, _ kind: Kind, type: String, schema: JSONFragment = .anySchema, doc: String) {
    self.name = name
    self.kind = kind
    self.type = type
    self.schema = schema
    self.doc = doc
  }
}
