/// Why a child's death was its own doing, or ours.
package enum DeathCause: Equatable, Sendable {
    /// It ended, or broke the protocol and was killed for it; `status` is the wait status, kept for the message.
    case died(status: Int32)
    /// It took longer than `--timeout` and was killed.
    case timedOut
    /// Other machines gave the record back, for it had cost them too much.
    case givenBack
}

/// Part of a batch that is with a worker, from its sending to its answer.
package struct Assignment: Equatable, Sendable {
    /// Names this sending: the answer must carry it.
    package let ticket: UInt64
    package let address: SlotAddress
    package let firstRecord: Int
    package let recordCount: Int
}

/// A place for a child process: at most one child at a time, and the slots that outlive it.
package struct Worker {
    package enum Phase: Hashable, Sendable {
        /// No child. → spawning
        case absent
        /// A child is being started. → starting, absent
        case spawning
        /// The child runs and has not said that it is ready. → ready, doomed, absent
        case starting
        /// The child works or waits for work. → doomed, retiring, absent
        case ready
        /// The child was killed for a reason; its end is awaited. → absent
        case doomed(wasReady: Bool, timedOut: Bool)
        /// The child was told to end so that its memory can be replaced; its end is awaited. → absent
        case retiring
    }

    /// Where the work of a place is done.
    package enum Reach: Hashable, Sendable {
        /// By its child. A child that dies is to blame on what it worked on.
        case local
        /// By so many children on other machines, which its child sends parts to and gets results from, in any order. Its
        /// death says nothing about them.
        case remote(children: Int)
    }

    package var reach = Reach.local
    package var phase = Phase.absent
    /// What the child has been given, of a local one the part it works on first. Empty without a child.
    package var running: [Assignment] = []
    /// Parts in this worker's slots that need a child again, by their first record.
    package var backlog: [(address: SlotAddress, firstRecord: Int)] = []
    package var slots: WorkerSlots
    /// When the child is killed if it has not got on; nil when nothing is due.
    package var deadline: Nanoseconds?
    /// Before this moment no child is started here.
    package var startNotBefore: Nanoseconds = 0
    /// Deaths in a row of children here that had been ready and given work, and had begun nothing.
    package var fruitlessDeaths = 0
    /// Whether the slots' memory has grown so large that it is to be replaced when none is in use.
    package var isOutgrown = false
    /// Records that the child works on side by side, as it said when it was ready.
    package var lanes = 1
    package var statistics = WorkerStatistics()

    package init(slotCount: Int) {
        slots = WorkerSlots(count: slotCount)
    }

    /// Whether a child is there that can be given work.
    package var isUsable: Bool {
        switch phase {
        case .starting, .ready: true
        case .absent, .spawning, .doomed, .retiring: false
        }
    }

    /// Whether a child of ours could begin new work at once.
    package var isIdle: Bool { isLocal && isUsable && running.isEmpty && backlog.isEmpty && !isOutgrown }

    package var isLocal: Bool { reach == .local }

    /// Children on other machines that it stands for.
    package var remoteChildren: Int {
        switch reach {
        case .local: 0
        case .remote(let children): children
        }
    }

    /// Parts that it can be given besides those that it has, of a place for other machines.
    package var remoteRoom: Int {
        guard phase == .ready && !isOutgrown else { return 0 }
        return max(SchedulerLimits.batchesPerRemoteChild * remoteChildren - running.count, 0)
    }
}
