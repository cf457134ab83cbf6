/// Puts the members of an ``Interface`` together.
@resultBuilder
public enum InterfaceBuilder<O> {
  public static func buildExpression(_ property: Property<O>) -> [Member<O>] { [property.member] }
  public static func buildExpression(_ method: Method<O>) -> [Member<O>] { [method.member] }
  public static func buildExpression(_ object: Object<O>) -> [Member<O>] { [object.member] }
  public static func buildBlock(_ members: [Member<O>]...) -> [Member<O>] { members.flatMap(\.self) }
  public static func buildOptional(_ members: [Member<O>]?) -> [Member<O>] { members ?? [] }
  public static func buildEither(first members: [Member<O>]) -> [Member<O>] { members }
  public static func buildEither(second members: [Member<O>]) -> [Member<O>] { members }
  public static func buildArray(_ members: [[Member<O>]]) -> [Member<O>] { members.flatMap(\.self) }
}

/// Puts the members of an ``ActorInterface`` together.
@resultBuilder
public enum ActorInterfaceBuilder<A: Actor> {
  public static func buildExpression(_ property: ActorProperty<A>) -> [Member<A>] { [property.member] }
  public static func buildExpression(_ method: ActorMethod<A>) -> [Member<A>] { [method.member] }
  public static func buildExpression(_ object: ActorObject<A>) -> [Member<A>] { [object.member] }
  public static func buildBlock(_ members: [Member<A>]...) -> [Member<A>] { members.flatMap(\.self) }
  public static func buildOptional(_ members: [Member<A>]?) -> [Member<A>] { members ?? [] }
  public static func buildEither(first members: [Member<A>]) -> [Member<A>] { members }
  public static func buildEither(second members: [Member<A>]) -> [Member<A>] { members }
  public static func buildArray(_ members: [[Member<A>]]) -> [Member<A>] { members.flatMap(\.self) }
}
