import PhashEngine

/// What an option means when it is not given, written as it would be typed: for the help and for `Settings` alike.
enum Defaults {
    static let maximumLine = "1M"
    static let algorithm = "sha512"
    static let rounds = "1000000"
    static let format = "json"
    static let missing = "error"
    static let encoding = "hex"
    static let jobs = "0"
    static let buffer = "64M"
    static let retries = "2"
    static let brokerTimeout = "60"
    static let queue = BrokerSettings.usualQueue
    static let progress = "never"
}
