// swift-tools-version: 6.2
import PackageDescription

// The tests of the macros, in a package of their own, so that only they build swift-syntax. `Tests/run.py --only macros` runs them.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "tangor-macros-tests",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "tangor", path: "../..", traits: ["Macros"]),
    .package(url: "https://github.com/swiftlang/swift-syntax.git", from: "603.0.0"),
  ],
  targets: [
    // The plug-in's own sources, by a link: no package can test another one's macro target.
    .target(
      name: "TangorMacroSources",
      dependencies: [
        .product(name: "SwiftDiagnostics", package: "swift-syntax"),
        .product(name: "SwiftParser", package: "swift-syntax"),
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftSyntaxBuilder", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
      ],
      path: "Sources/TangorMacroPlugin",
      exclude: ["Plugin.swift"],
      swiftSettings: settings + [.define("Macros")]),
    .testTarget(
      name: "TangorMacroPluginTests",
      dependencies: [
        "TangorMacroSources",
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftSyntaxBuilder", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacroExpansion", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacrosGenericTestSupport", package: "swift-syntax"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TangorMacrosTests",
      dependencies: [
        .product(name: "TangorMacros", package: "tangor"), .product(name: "TangorObjects", package: "tangor"),
        .product(name: "TangorJSON", package: "tangor"),
      ],
      swiftSettings: settings),
  ]
)
