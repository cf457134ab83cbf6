#if !Macros
/// What `@Live` is without the package's trait `Macros`: an attribute that nothing may use, and that says what is missing.
///
/// It is no macro, because the compiler warns about macros without an implementation, whether they are used or not.
@available(*, unavailable, message: "the package tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@globalActor
public actor Live {
  public static let shared = Live()
}
#endif
