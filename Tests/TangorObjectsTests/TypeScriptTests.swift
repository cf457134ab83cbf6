import TangorJSON
import Testing

@testable import TangorObjects

@Suite struct TypeScriptTests {
  @Test(arguments: [
    (#"{"type":"integer"}"#, "number"),
    (#"{"type":"number"}"#, "number"),
    (#"{"type":"string"}"#, "string"),
    (#"{"type":"boolean"}"#, "boolean"),
    (#"{"type":"null"}"#, "null"),
    (#"{}"#, "unknown"),
    (#"true"#, "unknown"),
    (#"{"type":"frobnication"}"#, "unknown"),
    (#"{"type":"array","items":{"type":"string"}}"#, "string[]"),
    (#"{"type":"array"}"#, "unknown[]"),
    (#"{"type":"array","items":{"anyOf":[{"type":"integer"},{"type":"null"}]}}"#, "(number | null)[]"),
    (#"{"type":"array","items":{"enum":["a"]}}"#, "\"a\"[]"),
    (#"{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}]}"#, "[number, string]"),
    (#"{"type":"object","additionalProperties":{"type":"integer"}}"#, "Record<string, number>"),
    (#"{"type":"object"}"#, "Record<string, unknown>"),
    (
      #"{"type":"object","properties":{"x":{"type":"number"},"a b":{"type":"string"}},"required":["x"]}"#,
      #"{ x: number; "a b"?: string }"#
    ),
    (#"{"type":["integer","null"]}"#, "number | null"),
    (#"{"type":"string","nullable":true}"#, "string | null"),
    (#"{"anyOf":[{"type":"integer"},{"type":"number"}]}"#, "number"),
    (#"{"anyOf":[{"type":"integer"},{}]}"#, "unknown"),
    (#"{"enum":["a","b\"c\n",1,null]}"#, #""a" | "b\"c\u000a" | 1 | null"#),
  ])
  func schemas(_ schema: String, _ type: String) throws {
    let schema = try JSONValue(parsing: schema)
    #expect(TypeScriptType(schema: schema).text == type)
  }

  @Test func schemasWithoutEndAreUnknownAtSomeDepth() throws {
    let deep = String(repeating: #"{"type":"array","items":"#, count: 40) + "{}" + String(repeating: "}", count: 40)
    let schema = try JSONValue(parsing: deep)
    #expect(TypeScriptType(schema: schema).text == "unknown" + String(repeating: "[]", count: 16))
  }

  @Test func aDescriptionBecomesADeclaration() throws {
    let description = try JSONValue(
      parsing: #"""
        {"path": "sample", "name": "sample", "kind": "object", "type": "Sample", "doc": "A sample.\nEnds here: */ alert(1)", "members": [
          {"name": "a", "kind": "property", "type": "Int", "schema": {"type": "integer"}, "settable": true, "deletable": true, "channel": "a"},
          {"name": "any key", "kind": "property", "type": "X", "schema": {}, "settable": false, "deletable": false},
          {"name": "inner", "kind": "object", "type": "Inner", "members": [
            {"name": "depth", "kind": "property", "type": "Int", "schema": {"type": "integer"}, "settable": false}]},
          {"name": "test_sum", "kind": "method", "type": "Int", "schema": {"type": "integer"}, "doc": "Adds.", "stream": false, "parameters": [
            {"name": "a", "type": "Int", "schema": {"type": "integer"}, "required": true},
            {"name": "in", "type": "Int", "schema": {"type": "integer"}, "required": false, "default": "2"}]},
          {"name": "early", "kind": "method", "type": "Void", "schema": {"type": "null"}, "parameters": [
            {"name": "x", "type": "Int?", "schema": {"type": ["integer", "null"]}, "required": false},
            {"name": "y", "type": "String", "schema": {"type": "string"}, "required": true}]},
          {"name": "count", "kind": "method", "type": "S", "schema": {"type": "object", "properties": {"key": {"type": "string"}}}, "stream": true,
           "element": {"type": "Int", "schema": {"type": "integer"}}, "parameters": []},
          {"name": "lines", "kind": "method", "type": "S", "schema": {"type": "object", "properties": {"key": {"type": "string"}}}, "stream": true,
           "parameters": []}
        ]}
        """#)
    let text = try TypeScriptDeclaration(describing: description).text
    #expect(
      text == #"""
        // Written by `tangor types sample`; write it anew when the object changes.
        import type { TangorMethod, TangorObject, TangorProperty, TangorStreamMethod } from "./tangor/tangor.js";

        /**
         * A sample.
         * Ends here: *\#u{200B}/ alert(1)
         */
        export interface Sample extends TangorObject {
          /**
           * Its changes go to the channel "a".
           * It can be deleted: `tangor.delete(path)`.
           */
          get a(): TangorProperty<number>;
          set a(value: TangorProperty<number> | number);
          readonly "any key": TangorProperty<unknown>;
          readonly inner: SampleInner & PromiseLike<SampleInner>;
          /**
           * Adds.
           * @param in_ Default: `2`.
           */
          readonly test_sum: TangorMethod<[a: number, in_?: number], { a: number; in?: number }, number>;
          readonly early: TangorMethod<[x: number | null | undefined, y: string], { x?: number | null; y: string }, null>;
          readonly count: TangorStreamMethod<[], Record<string, never>, number>;
          readonly lines: TangorStreamMethod<[], Record<string, never>, unknown>;
        }

        export interface SampleInner extends TangorObject {
          readonly depth: TangorProperty<number>;
        }

        """#)
  }

  @Test(arguments: ["null", "{}", #"{"name": "x"}"#, #"{"members": []}"#])
  func whatIsNoDescriptionIsSaid(_ text: String) throws {
    let description = try JSONValue(parsing: text)
    #expect(throws: TypeScriptDeclaration.Malformed.self) { try TypeScriptDeclaration(describing: description) }
  }
}
