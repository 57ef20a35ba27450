// swift-tools-version: 6.2
import PackageDescription

// Every Swift target is compiled under the same rules; a warning is an error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// `LINK=dynamic` is for distributions and OpenSSL's FIPS provider. The default release build is one fully static file.
// The libraries are named because the autolink entries of the dynamic Swift modules do not name them.
let staticExecutable: [LinkerSetting] =
    Context.environment["LINK"] == "dynamic"
    ? []
    : [
        .unsafeFlags(["-static-executable"], .when(configuration: .release)),
        .linkedLibrary("_FoundationCollections", .when(configuration: .release)),
        .linkedLibrary("_FoundationCShims", .when(configuration: .release)),
        .linkedLibrary("swiftSynchronization", .when(configuration: .release)),
    ]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "phash",
    products: [
        .executable(name: "phash", targets: ["phash"])
    ],
    traits: [
        .trait(name: "TestHooks", description: "What only tests may use, such as a record that kills its worker.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .executableTarget(
            name: "phash",
            dependencies: ["PhashCLI", "PhashEngine"],
            swiftSettings: strict,
            linkerSettings: staticExecutable
        ),
        room(
            "PhashCLI",
            [
                "PhashCore", "PhashDigest", "PhashPosix", "PhashEngine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        room("PhashEngine", ["PhashCore", "PhashWire", "PhashDigest", "PhashPosix"]),
        room("PhashDigest", ["COpenSSL"]),
        room("PhashWire", ["PhashCore"]),
        room("PhashPosix", ["CPhashPosix"]),
        room("PhashCore"),
        .target(name: "CPhashPosix"),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]
        ),

        // For tests only; no product.
        room("PhashTestKit", ["PhashCore", "PhashWire"]),
        .executableTarget(
            name: "phash-vowels",
            dependencies: ["PhashEngine", "PhashWire"],
            path: "Tests/Example",
            swiftSettings: strict
        ),
        tests("PhashCoreTests", ["PhashCore", "PhashTestKit"]),
        tests("PhashWireTests", ["PhashWire"]),
        tests("PhashDigestTests", ["PhashDigest"]),
        tests("PhashPosixTests", ["PhashPosix"]),
        tests("PhashEngineTests", ["PhashEngine", "PhashCore", "PhashWire", "PhashPosix", "PhashTestKit"]),
        tests("ProgramTests"),
        tests("RepositoryTests"),
    ]
)
