/// Decides how many of the waiting records make the next batch. Design decision 3.
///
/// Cheap records go out in batches of about `targetCost`, so that moving a batch costs little beside hashing it; dear
/// ones go out singly or as many as run side by side. What waits is spread over the processors before any child gets
/// more than its share. Nothing waits for a batch to fill.
package struct Batcher: Equatable, Sendable {
    /// Work that a batch of cheap records should be, and below which spreading over more children does not pay.
    package struct Work: Equatable, Sendable {
        package var target: Nanoseconds
        package var least: Nanoseconds

        /// For children of our own: handing a batch over costs microseconds.
        package static let local = Work(target: 5 * .millisecond, least: .millisecond / 4)
        /// For those on other machines: a broker and two networks cost milliseconds. A batch is far from what a broker
        /// takes for a consumer that hangs, half an hour.
        package static let remote = Work(target: 100 * .millisecond, least: 50 * .millisecond)
    }

    package let work: Work
    /// Records of a batch at most.
    package let maximumRecords: Int
    /// Bytes of a batch at most, except for a single record.
    package let maximumBytes: Int
    /// Children that can really run at the same time.
    package let parallelism: Int
    /// Records that a child works on side by side.
    package let lanes: Int

    package init(maximumRecords: Int, maximumBytes: Int, parallelism: Int, lanes: Int, work: Work = .local) {
        precondition(maximumRecords >= lanes && maximumBytes >= 1 && parallelism >= 1 && lanes >= 1)
        self.work = work
        self.maximumRecords = maximumRecords
        self.maximumBytes = maximumBytes
        self.parallelism = parallelism
        self.lanes = lanes
    }

    /// Records that the next batch should have, by their cost alone; at least 1 when any wait.
    ///
    /// - Parameter idle: Processors that no child uses yet. A lane group takes as long as a single record, so up to that
    ///   size what waits is spread over these only: the others will find enough to do when they are done.
    package func share(waiting: Int, idle: Int, estimate: CostEstimate) -> Int {
        let most = min(max(estimate.records(within: work.target), lanes), maximumRecords)
        let least = min(max(estimate.records(within: work.least), 1), most)
        let fairShare = Self.portion(of: waiting, among: parallelism)
        let laneShare = min(Self.portion(of: waiting, among: max(idle, 1)), lanes)
        let share = min(max(fairShare, laneShare, least), most, waiting)
        // The last lane group of a batch takes as long as any other, however few records it has.
        return share > lanes && share < waiting ? share - share % lanes : share
    }

    private static func portion(of records: Int, among children: Int) -> Int {
        (records + children - 1) / children
    }

    /// Records of the next batch: the share, shortened to what may stand together in a batch.
    package func nextCount(of queue: RecordQueue, idle: Int, estimate: CostEstimate) -> Int {
        let share = share(waiting: queue.waitingCount, idle: idle, estimate: estimate)
        guard share > 0 else { return 0 }
        let run = queue.uniformRun(limit: share)
        return max(queue.largestCount(limit: run) { _, span in span <= maximumBytes }, 1)
    }

    /// Whether a batch of so many records is cheap enough to queue a second one behind it.
    package func isCheap(records: Int, estimate: CostEstimate) -> Bool {
        estimate.cost(records: records, bytes: 0) <= 2 * work.target
    }
}
