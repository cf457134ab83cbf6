@testable import TangorTables

/// Reads any bytes as rows, columns or lines of JSON.
enum JSONFuzzing {
  static func run(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    let schema = first & 1 == 0 ? nil : CSVFuzzing.schema
    let index = first & 2 == 0 ? nil : "a"
    let lists = ListFlatten.allCases[Int(first >> 2) % ListFlatten.allCases.count]
    let batches = bytes[1...].withUnsafeBytes { bytes in
      [
        try? JSONTableReader.rows(bytes, schema: schema, listFlatten: lists, index: index),
        try? JSONTableReader.columns(bytes, schema: schema, listFlatten: lists, index: index),
        try? JSONTableReader.ndjson(bytes, schema: schema, listFlatten: lists, index: index),
      ]
    }
    for case let batch? in batches { try BatchFuzzing.consume(batch) }
  }

  static let seeds: [[UInt8]] = [
    #"[{"a":1,"b":"x","c":"2020-01-02","d":{"e":[1,2,{"f":null}]}},{"a":2.5,"b":null},{"c":"2020-01-03T04:05:06Z","a":"7"}]"#,
    #"[{"a":true,"b":[1,[2,3]],"c":[]},{"a":"FALSE","i":12345678901,"é":"\ud83d\ude00\n"},{},{"a.b":1}]"#,
    #"{"a":[1,2,null,"3"],"b":["x",1,2.5,true],"c":["2020-01-02 03:04:05",5],"i":[[1,2],{"x":1}]}"#,
    "{\"a\":1}\n{\"a\":[1,2],\"b\":\"x\"}\n\n{\"f\":-1.5e-7}\n", #"{"a":[],"b":[1]}"#, #"[{"a":1e400,"i":18446744073709551616}]"#,
    #"[{"a":-9223372036854775809},{"a":9223372036854775808}]"#, #"[{"":{"":{"":[[[[1]]]]}}}]"#, #"[{"a":[1,2],"b":[3,4,5]}]"#,
    #"{"__INDEX__":[1,2],"a":[null,null]}"#,
  ].enumerated().map { [UInt8($0.offset % 12)] + Array($0.element.utf8) }
}
