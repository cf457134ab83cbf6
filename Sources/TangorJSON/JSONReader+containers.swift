extension JSONReader {
  /// Takes an array, one element at a time.
  ///
  /// - Parameter element: called for each element with the reader before it; an element that it leaves is checked and skipped
  /// - Throws: ``JSONError`` when something else comes next or the array is invalid, or what `element` throws
  @inlinable
  public mutating func readArray(_ element: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
    try beginArray()
    while try nextElement() {
      let before = cursor
      try element(&self)
      if cursor == before { try skipValue() }
    }
  }

  /// Takes an object, one member at a time. No memory is allocated for the names.
  ///
  /// - Parameter member: called for each member with the reader before its value; a value that it leaves is checked and skipped
  /// - Throws: ``JSONError`` when something else comes next or the object is invalid, or what `member` throws
  @inlinable
  public mutating func readObject(_ member: (inout JSONReader, JSONKey) throws(JSONError) -> Void) throws(JSONError) {
    try beginObject()
    while let key = try nextKey() {
      let before = cursor
      try member(&self, key)
      if cursor == before { try skipValue() }
    }
  }

  /// Takes the opening bracket of an array. Call ``nextElement()`` next.
  ///
  /// - Throws: ``JSONError`` when something else comes next or the nesting is too deep
  @inlinable
  public mutating func beginArray() throws(JSONError) {
    skipWhitespace()
    guard cursor < end, cursor.pointee == ASCII.openBracket else { throw mismatch("an array") }
    try enter()
  }

  /// Moves to the next element of the array whose last element was just read.
  ///
  /// - Returns: whether there is one; otherwise the closing bracket was taken
  /// - Throws: ``JSONError`` when neither an element nor the end comes next
  @inlinable
  public mutating func nextElement() throws(JSONError) -> Bool {
    skipWhitespace()
    guard cursor < end else { throw unexpected("',' or ']'") }
    if cursor.pointee == ASCII.closeBracket {
      leave()
      return false
    }
    if isFresh {
      isFresh = false
      return true
    }
    guard cursor.pointee == ASCII.comma else { throw unexpected("',' or ']'") }
    cursor += 1
    skipWhitespace()
    guard cursor < end, cursor.pointee != ASCII.closeBracket else { throw unexpected("a value after the comma") }
    return true
  }

  /// Takes the opening brace of an object. Call ``nextKey()`` next.
  ///
  /// - Throws: ``JSONError`` when something else comes next or the nesting is too deep
  @inlinable
  public mutating func beginObject() throws(JSONError) {
    skipWhitespace()
    guard cursor < end, cursor.pointee == ASCII.openBrace else { throw mismatch("an object") }
    try enter()
  }

  /// Takes the name of the next member of the object whose last value was just read, with its colon.
  ///
  /// - Returns: the name, or nil when the closing brace was taken
  /// - Throws: ``JSONError`` when neither a member nor the end comes next
  @inlinable
  public mutating func nextKey() throws(JSONError) -> JSONKey? {
    skipWhitespace()
    guard cursor < end else { throw unexpected("',' or '}'") }
    if cursor.pointee == ASCII.closeBrace {
      leave()
      return nil
    }
    if isFresh {
      isFresh = false
    } else {
      guard cursor.pointee == ASCII.comma else { throw unexpected("',' or '}'") }
      cursor += 1
      skipWhitespace()
    }
    guard cursor < end, cursor.pointee == ASCII.quote else { throw unexpected("a name in quotes") }
    let span = try scanString()
    skipWhitespace()
    guard cursor < end, cursor.pointee == ASCII.colon else { throw unexpected("':'") }
    cursor += 1
    skipWhitespace()
    return JSONKey(span)
  }

  @inlinable @inline(__always)
  mutating func enter() throws(JSONError) {
    guard depth < maximumDepth else { throw tooDeep() }
    depth += 1
    cursor += 1
    isFresh = true
  }

  @inlinable @inline(__always)
  mutating func leave() {
    depth -= 1
    cursor += 1
    isFresh = false
  }

  @usableFromInline @inline(never)
  func tooDeep() -> JSONError {
    failure(.depthExceeded, "more than \(maximumDepth) arrays and objects inside one another")
  }
}
