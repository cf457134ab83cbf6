// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let nioConcurrencyHelpers: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let swiftProtobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let whenMacros: TargetDependencyCondition? = .when(traits: ["Macros"])
let whenArrowCompression: TargetDependencyCondition? = .when(traits: ["ArrowCompression"])

let package = Package(
  name: "tangor",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Tangor", targets: ["Tangor"]),
    .library(name: "TangorJSON", targets: ["TangorJSON"]),
    .library(name: "TangorObjects", targets: ["TangorObjects"]),
    .library(name: "TangorMacros", targets: ["TangorMacros"]),
    .library(name: "TangorProbe", targets: ["TangorProbe"]),
    .executable(name: "tangor", targets: ["TangorCommand"]),
  ],
  traits: [
    .trait(
      name: "ArrowCompression",
      description: "LZ4 and Zstandard in Arrow data. Off by default, because it needs the system's liblz4 and libzstd with their headers."),
    .trait(name: "Macros", description: "The macro @Live. Off by default, because it needs swift-syntax, which takes minutes to build."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.9.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.2"),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0", traits: []),
    // Pipes that no child inherits, without a gap, are made from 1.8 on.
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
    // The HTTP/1 pipeline is our own, in the manner of this version's; see docs/decisions/connections-without-tasks.md.
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.9.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
    // Only with the trait Macros; neither fetched nor built without it.
    .package(url: "https://github.com/swiftlang/swift-syntax.git", from: "603.0.0"),
  ],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "TangorJSON", swiftSettings: settings),
    .systemLibrary(name: "CMalloc"),
    .target(name: "TangorCore", dependencies: ["TangorJSON", "CMalloc", deque], swiftSettings: settings),
    .target(name: "TangorObjects", dependencies: ["TangorCore", "TangorJSON"], swiftSettings: settings),
    // Only with the trait ArrowCompression; nothing else needs these libraries.
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .systemLibrary(name: "CZstandard", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .target(
      name: "TangorTables",
      dependencies: [
        "TangorJSON", "CMalloc", .target(name: "CLZ4", condition: whenArrowCompression),
        .target(name: "CZstandard", condition: whenArrowCompression),
      ],
      swiftSettings: settings),
    .target(
      name: "TangorPerspective", dependencies: ["TangorTables", "TangorJSON", swiftProtobuf], exclude: ["Protocol/perspective.proto"],
      swiftSettings: settings),
    .macro(
      name: "TangorMacroPlugin",
      dependencies: [
        .product(name: "SwiftCompilerPlugin", package: "swift-syntax", condition: whenMacros),
        .product(name: "SwiftDiagnostics", package: "swift-syntax", condition: whenMacros),
        .product(name: "SwiftParser", package: "swift-syntax", condition: whenMacros),
        .product(name: "SwiftSyntax", package: "swift-syntax", condition: whenMacros),
        .product(name: "SwiftSyntaxBuilder", package: "swift-syntax", condition: whenMacros),
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax", condition: whenMacros),
      ],
      swiftSettings: settings),
    .target(
      name: "TangorMacros", dependencies: ["TangorObjects", .target(name: "TangorMacroPlugin", condition: whenMacros)],
      swiftSettings: settings),
    .target(
      name: "TangorServing",
      dependencies: [
        "TangorCore", "TangorJSON", "CZlib", hummingbird, hummingbirdCore, deque, httpTypes, logging, metrics, coreMetrics,
        nioConcurrencyHelpers, nioCore, nioHTTP1,
        nioHTTPTypes, nioHTTPTypesHTTP1, nioPosix, nioWebSocket, serviceLifecycle,
      ],
      swiftSettings: settings),
    .target(
      name: "TangorStreams",
      dependencies: ["TangorServing", "TangorCore", "TangorJSON", hummingbird, httpTypes, logging, metrics, nioCore, nioPosix],
      swiftSettings: settings),
    .target(
      name: "TangorServices",
      dependencies: ["TangorStreams", "TangorServing", "TangorCore", "TangorJSON", hummingbird, httpTypes, logging, nioCore, nioPosix],
      swiftSettings: settings),
    .target(
      name: "TangorSite",
      dependencies: ["TangorServing", "TangorCore", "TangorJSON", crypto, hummingbird, httpTypes, logging, nioCore, nioPosix],
      swiftSettings: settings, plugins: ["EmbedFolders"]),
    .target(
      name: "TangorPrograms",
      dependencies: [
        "TangorServing", "TangorCore", "TangorJSON", asyncHTTPClient, subprocess, systemPackage, hummingbird, httpTypes, logging, metrics,
        nioCore,
        nioHTTP1,
        nioPosix, nioWebSocket,
      ],
      swiftSettings: settings, plugins: ["EmbedFolders"]),
    .executableTarget(name: "EmbedFiles", swiftSettings: settings),
    .plugin(name: "EmbedFolders", capability: .buildTool(), dependencies: ["EmbedFiles"]),
    .target(
      name: "Tangor",
      dependencies: [
        "TangorObjects", "TangorServices", "TangorStreams", "TangorSite", "TangorPerspective", "TangorTables", "TangorPrograms",
        "TangorServing", "TangorCore", "TangorJSON", hummingbird, hummingbirdCore, hummingbirdTLS, httpTypes, logging, nioCore, nioPosix,
        nioSSL,
        serviceLifecycle, unixSignals,
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),
    .target(
      name: "TangorGallery",
      dependencies: ["Tangor", "TangorPrograms", "TangorTables", "TangorCore", crypto, httpTypes, nioCore, serviceLifecycle],
      swiftSettings: settings),
    .executableTarget(
      name: "TangorCommand",
      dependencies: [
        "Tangor", "TangorGallery", "TangorObjects", "TangorJSON", logging, nioCore, nioHTTP1, nioPosix, nioSSL,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(name: "TangorProbe", dependencies: [hummingbird, httpTypes, logging, nioCore, nioEmbedded], swiftSettings: settings),
    .target(name: "TangorTesting", dependencies: [nioCore, nioPosix, nioSSL], swiftSettings: settings),
    .executableTarget(
      name: "ObjectDispatch", dependencies: ["TangorObjects", "TangorJSON"], path: "Benchmarks/ObjectDispatch", swiftSettings: settings),
    .executableTarget(name: "Signals", dependencies: ["TangorCore", "TangorJSON"], path: "Benchmarks/Signals", swiftSettings: settings),
    .executableTarget(name: "TableEngine", dependencies: ["TangorTables"], path: "Benchmarks/TableEngine", swiftSettings: settings),
    .executableTarget(
      name: "Relay", dependencies: ["TangorPrograms", "TangorServing", "TangorCore", hummingbird, logging, nioCore],
      path: "Benchmarks/Relay", swiftSettings: settings),
    .testTarget(name: "TangorJSONTests", dependencies: ["TangorJSON", "TangorTesting"], swiftSettings: settings),
    .testTarget(name: "TangorCoreTests", dependencies: ["TangorCore", "TangorTesting"], swiftSettings: settings),
    .testTarget(
      name: "TangorTablesTests", dependencies: ["TangorTables", "TangorTesting"], exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "TangorPerspectiveTests", dependencies: ["TangorPerspective", "TangorTables", "TangorTesting", swiftProtobuf],
      swiftSettings: settings),
    .testTarget(
      name: "TangorFuzzTests",
      dependencies: ["TangorPerspective", "TangorTables", "TangorTesting", swiftProtobuf],
      exclude: ["Regressions"], swiftSettings: settings),
    .testTarget(
      name: "TangorObjectsTests", dependencies: ["TangorObjects", "TangorCore", "TangorJSON", "TangorTesting"], swiftSettings: settings),
    .testTarget(
      name: "TangorServingTests",
      dependencies: [
        "TangorServing", "TangorProbe", "TangorTesting", "CZlib", hummingbird, hummingbirdCore, hummingbirdTesting, hummingbirdTLS,
        httpTypes, logging, nioCore,
        nioEmbedded,
        nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioPosix, nioSSL, serviceLifecycle,
      ],
      exclude: ["Fixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "TangorStreamsTests",
      dependencies: ["TangorStreams", "TangorTesting", hummingbird, hummingbirdTesting, httpTypes, nioCore, nioEmbedded],
      swiftSettings: settings),
    .testTarget(
      name: "TangorServicesTests",
      dependencies: ["TangorServices", "TangorTesting", hummingbird, hummingbirdTesting, httpTypes, nioCore], swiftSettings: settings),
    .testTarget(
      name: "TangorSiteTests", dependencies: ["TangorSite", "TangorTesting", hummingbird, hummingbirdTesting, httpTypes, nioCore],
      swiftSettings: settings),
    .testTarget(
      name: "TangorProgramsTests",
      dependencies: [
        "TangorPrograms", "TangorServing", "TangorTesting", crypto, hummingbird, hummingbirdTesting, httpTypes, logging, nioCore,
        nioEmbedded,
        nioHTTP1,
        nioPosix,
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TangorTests",
      dependencies: [
        "Tangor", "TangorGallery", "TangorPerspective", "TangorPrograms", "TangorTables", "TangorTesting", hummingbird, hummingbirdTesting,
        httpTypes,
        logging, nioCore, serviceLifecycle,
      ],
      swiftSettings: settings),
  ]
)
