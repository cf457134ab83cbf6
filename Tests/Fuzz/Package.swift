// swift-tools-version: 6.2
import PackageDescription

// The targets of Tests/TangorFuzzTests under libFuzzer. A package of its own, because all that is tried is compiled with what libFuzzer and
// the address sanitizer need, which nothing else wants; `Tests/Fuzz/run` builds and starts it.
let instrumented: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .define("ArrowCompression"),
  // Optimized, for speed; with all checks, those of debug builds too.
  .unsafeFlags(["-sanitize=fuzzer,address", "-assert-config", "Debug", "-enforce-exclusivity=checked", "-enable-testing"]),
]

let package = Package(
  name: "tangor",
  platforms: [.macOS(.v26)],
  dependencies: [.package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0", traits: [])],
  targets: [
    .systemLibrary(name: "CLZ4"),
    .systemLibrary(name: "CZstandard"),
    .target(name: "TangorJSON", swiftSettings: instrumented),
    .systemLibrary(name: "CMalloc"),
    .target(name: "TangorTables", dependencies: ["TangorJSON", "CMalloc", "CLZ4", "CZstandard"], swiftSettings: instrumented),
    .target(
      name: "TangorPerspective", dependencies: ["TangorTables", "TangorJSON", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["Protocol/perspective.proto"], swiftSettings: instrumented),
    .target(
      name: "Targets",
      dependencies: [
        "TangorTables", "TangorPerspective", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: instrumented),
    .executableTarget(
      name: "Fuzz", dependencies: ["Targets"], swiftSettings: instrumented,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
  ]
)
