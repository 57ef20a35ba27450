// swift-tools-version: 6.2
import PackageDescription

// `make fuzz` builds everything so that its fuzzers see which code an input reaches, and every access that is out of
// bounds or undefined is a finding.
let isFuzzing = Context.environment["FUZZ"] == "1"

// Every Swift target is compiled under the same rules; a warning is an error.
let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ] + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])] : [])

// What makes the programs smaller than Swift's libraries would have them.
let smaller: [LinkerSetting] = [
    // TOMLKit speaks of Foundation and needs of it what FoundationEssentials has. The archive of all of it comes first,
    // though, and one of its functions that both have would bring in ICU, 40 MB of it.
    .unsafeFlags(
        [
            "-Xlinker", "--remap-inputs=*/libFoundation.a=/dev/null",
            "-Xlinker", "--remap-inputs=*/libFoundationInternationalization.a=/dev/null",
        ],
        .when(configuration: .release)
    )
]

// Named for static libraries of Swift, because the autolink entries of the dynamic modules do not name them.
let unnamed: [LinkerSetting] = ["_FoundationCollections", "_FoundationCShims", "swiftSynchronization"].map {
    .linkedLibrary($0, .when(configuration: .release))
}

// For programs that share libraries with the system. Those of the compilers are none of these.
let sharing: [LinkerSetting] =
    [
        .unsafeFlags(
            [
                "-use-ld=lld", "-static-stdlib", "-Xclang-linker", "-static-libgcc",
                "-L", "\(Context.packageDirectory)/.build/libraries",
            ],
            .when(configuration: .release))
    ] + unnamed

// The release build of the program is one fully static file. `LINK=dynamic` is for distributions and OpenSSL's FIPS
// provider: libc and libcrypto are then shared, and the compiler's own libraries are not. That product has a name of its
// own, so that both are linked from the same objects and lie side by side. lld, because it is in every Swift toolchain and
// silent about calls that need the C library's files at run time, which phash does not make.
let isDynamic = Context.environment["LINK"] == "dynamic"
let linking: [LinkerSetting] =
    smaller
    + (isDynamic
        ? sharing
        : [
            .unsafeFlags(["-use-ld=lld", "-static-executable"], .when(configuration: .release))
        ] + unnamed)

// How C is compiled for the fuzzers.
let watched: [CSetting] =
    isFuzzing
    ? [.unsafeFlags(["-fsanitize=fuzzer-no-link,address,undefined", "-fno-sanitize-recover=undefined"])] : []

// C that is called for every record: without optimisation it would be a hundred times slower, and tests would wait for it.
let fastInDebug: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))] + watched

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

// Only `make fuzz` has them: without its flags they do not link.
let fuzzers: [Target] = [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    .executableTarget(
        name: "phash-fuzz",
        dependencies: [
            "CLibFuzzer", "PhashCLI", "PhashCore", "PhashDigest", "PhashEngine", "PhashTestKit", "PhashWire",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Tests/Fuzz/Fuzzers",
        swiftSettings: strict,
        // gold, the default, dies of this.
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
    ),
]

let package = Package(
    name: "phash",
    products: [
        .executable(name: isDynamic ? "phash-dynamic" : "phash", targets: ["phash"]),
        .executable(name: "phash-amqp", targets: ["phash-amqp"]),
    ],
    traits: [
        .trait(name: "TestHooks", description: "What only tests may use, such as a record that kills its worker.")
    ],
    dependencies: [
        // Exactly this one: its words are in the manual page and its tool makes it.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // No trait: its readers of JSON and YAML would bring all of Foundation, 45 MB of it.
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    ],
    targets: [
        .executableTarget(
            name: "phash",
            dependencies: ["PhashCLI", "PhashEngine"],
            swiftSettings: strict,
            linkerSettings: linking
        ),
        room(
            "PhashCLI",
            [
                "PhashCore", "PhashWire", "PhashDigest", "PhashPosix", "PhashEngine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]
        ),
        room(
            "PhashEngine",
            [
                "PhashCore", "PhashWire", "PhashDigest", "PhashPosix",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]
        ),
        // The way to children on other machines. A program of its own, so that phash is not linked with what it needs.
        .executableTarget(
            name: "phash-amqp",
            dependencies: ["PhashAMQP", "PhashCLI", "PhashEngine"],
            swiftSettings: strict,
            linkerSettings: smaller + sharing
        ),
        room("PhashAMQP", ["CRabbitMQ", "PhashCore", "PhashDigest", "PhashEngine", "PhashPosix", "PhashWire"]),
        .systemLibrary(
            name: "CRabbitMQ",
            pkgConfig: "librabbitmq",
            providers: [.apt(["librabbitmq-dev"])]
        ),
        room("PhashDigest", ["COpenSSL", "CPhashLanes", "CPhashBytes"]),
        room("PhashWire", ["PhashCore", "CPhashBytes"]),
        room("PhashPosix", ["CPhashPosix"]),
        room("PhashCore", ["CPhashBytes"]),
        .target(name: "CPhashLanes", cSettings: fastInDebug),
        .target(name: "CPhashBytes", cSettings: fastInDebug),
        .target(
            name: "CPhashPosix", cSettings: watched + [.define("PHASH_TEST_HOOKS", .when(traits: ["TestHooks"]))]),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]
        ),

        // For tests only; no product.
        room("PhashTestKit", ["PhashCore", "PhashWire", "CPhashBytes"]),
        .executableTarget(
            name: "phash-sim",
            dependencies: [
                "PhashTestKit", "PhashPosix", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "phash-vowels",
            dependencies: ["PhashEngine", "PhashWire"],
            path: "Tests/Example",
            swiftSettings: strict
        ),
        // A broker for tests, which knows nothing of the program.
        .target(name: "BrokerTestKit", path: "Tests/Broker", exclude: ["broker"], swiftSettings: strict),
        tests("CPhashBytesTests", ["CPhashBytes", "PhashTestKit"]),
        tests("PhashCoreTests", ["PhashCore", "PhashTestKit"]),
        tests("PhashWireTests", ["PhashWire", "PhashCore", "PhashTestKit"]),
        tests("PhashDigestTests", ["PhashDigest"]),
        tests("PhashPosixTests", ["CPhashPosix", "PhashPosix"]),
        tests(
            "PhashEngineTests",
            ["PhashEngine", "PhashCore", "PhashDigest", "PhashWire", "PhashPosix", "PhashTestKit"]
        ),
        tests(
            "PhashCLITests",
            [
                "PhashCLI", "PhashDigest", "PhashEngine", "PhashPosix", "PhashWire",
                .product(name: "Configuration", package: "swift-configuration"),
            ]
        ),
        tests(
            "PhashAMQPTests",
            [
                "BrokerTestKit", "PhashAMQP", "PhashCore", "PhashDigest", "PhashEngine", "PhashPosix", "PhashTestKit",
                "PhashWire",
            ]),
        tests("ProgramTests", ["BrokerTestKit"]),
        tests("RepositoryTests", ["PhashCLI"]),
    ] + (isFuzzing ? fuzzers : [])
)
