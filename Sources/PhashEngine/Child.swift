internal import PhashCore
internal import PhashPosix
internal import PhashWire

/// A child process as its parent sees it.
final class Child {
    let pid: Int32
    /// Counts the children of all workers, so that readiness of an earlier one is not taken for this one's.
    let generation: UInt64
    /// What its worker had done before it.
    let before: WorkerStatistics
    private let doorbell: FileDescriptor
    private var stream = ReplyStream()
    /// Whether it speaks for other machines: then it may be given more at once than its doorbell holds.
    private let isBridge: Bool
    /// What the doorbell has not taken yet; at most what all of `orders` take.
    private var unsent: [UInt8] = []
    /// What the child has been given and has not answered.
    var orders = OpenOrders()
    /// Whether it has said that it is ready: then it knows records, and nothing that it says is for people.
    private(set) var hasBeenReady = false
    /// Why it will not become ready, as far as it has said so.
    private var startFailure: [UInt8] = []
    /// Whether the child has closed its end: nothing more is to come.
    private(set) var isHungUp = false

    /// What it said when it gave up reaching other machines.
    private var farewell: [UInt8] = []

    /// Starts a child on an arena and sends it the greeting.
    ///
    /// - Parameters:
    ///   - bridge: The program that speaks for other machines; nil for a child of our own.
    ///   - before: What its worker had done before it.
    init(
        arena: Arena, greeting: [UInt8], bridge: String? = nil, generation: UInt64, before: WorkerStatistics
    ) throws(Errno) {
        let pair = try DoorbellPair()
        // Before the child exists, so that a failure leaves nothing behind. The socket holds far more than that.
        guard try DescriptorIO.writeAvailable(pair.parentEnd.number, greeting[...]) == greeting.count else {
            throw .again
        }
        pid = try ChildProcess.spawn(
            bridge, mode: "\(bridge == nil ? Worker.mode : Worker.bridgeMode)", doorbell: pair.childEnd.number,
            input: arena.inputDescriptor, results: arena.resultsDescriptor)
        self.generation = generation
        self.before = before
        isBridge = bridge != nil
        doorbell = pair.keepParentEnd()
    }

    /// What to poll; negative when nothing is to come.
    var pollDescriptor: Int32 { isHungUp ? -1 : doorbell.number }

    /// What to poll for room in the doorbell; negative when there is nothing to be sent.
    var unsentDescriptor: Int32 { unsent.isEmpty || isHungUp ? -1 : doorbell.number }

    /// Notes that it says to be ready; false when it has said so before.
    func noteReadiness() -> Bool {
        defer { hasBeenReady = true }
        return !hasBeenReady
    }

    /// Notes a piece of the reason why it will not become ready; false when it is ready, or when that gets too long.
    func noteStartFailure(_ piece: [UInt8]) -> Bool {
        if hasBeenReady { return false }
        startFailure += piece
        return startFailure.count <= WorkerReply.maximumReasonBytes
    }

    /// Notes a piece of the reason why it gives up; false when that gets too long.
    func noteFarewell(_ piece: [UInt8]) -> Bool {
        farewell += piece
        return farewell.count <= WorkerReply.maximumReasonBytes
    }

    /// Why it did not become ready, in its own words; nil when it has not said so.
    var reasonOfStartFailure: String? { Self.words(startFailure) }

    /// Why it gave up reaching other machines; nil when it has not.
    var reasonOfFarewell: String? { Self.words(farewell) }

    /// What a child says to people. Control characters are no words.
    private static func words(_ bytes: [UInt8]) -> String? {
        if bytes.isEmpty { return nil }
        return String(decoding: bytes.filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
    }

    /// Gives the child a part to work on; false when it does not take it, which a child of ours never does: it has two at
    /// most.
    func send(_ order: PartOrder) -> Bool {
        orders.add(order)
        unsent += order.message
        return sendRest()
    }

    /// Sends what the doorbell had no room for; false when the child is not to be believed.
    func sendRest() -> Bool {
        if unsent.isEmpty { return true }
        do throws(Errno) {
            let count = try DescriptorIO.writeAvailable(doorbell.number, unsent[...])
            unsent.removeFirst(count)
            return unsent.isEmpty || isBridge
        } catch {
            unsent = []
            // It has just died: that will be noticed in its own time.
            return error == .brokenPipe || error == .connectionReset
        }
    }

    /// The replies that have come. Whatever is no reply ends as nil in the list: the child is not to be believed.
    func receive() -> [WorkerReply?] {
        guard !isHungUp else { return [] }
        var replies: [WorkerReply?] = []
        var buffer = [UInt8](repeating: 0, count: 16 * WorkerReply.byteCount)
        while true {
            let outcome: ReadOutcome? = unsafe buffer.withUnsafeMutableBytes { memory in
                try? unsafe DescriptorIO.read(doorbell.number, into: memory)
            }
            switch outcome {
            case .bytes(let count):
                replies += stream.replies(completedBy: buffer[..<count])
            case .wouldBlock:
                return replies
            case .endOfFile, nil:
                isHungUp = true
                return replies
            }
            // A child answers what it has been given; one that floods its doorbell is out of its mind.
            if replies.count > 16 + orders.count {
                replies.append(nil)
                return replies
            }
        }
    }
}
