import Foundation
import Glibc

/// What `/proc` says about processes.
enum ProcessTable {
    /// One line of `/proc/PID/stat`.
    struct Entry {
        var state: Character
        var parent: pid_t
        var group: pid_t
        /// Clock ticks of the process and of the children that it has reaped.
        var ticks: Int
        var name: String
    }

    /// nil for a process that is no more.
    static func entry(_ process: pid_t) -> Entry? {
        guard let text = text("/proc/\(process)/stat"), let open = text.firstIndex(of: "("),
            let close = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[close...].dropFirst(2).split(separator: " ")
        guard fields.count > 14, let state = fields[0].first, let parent = pid_t(fields[1]),
            let group = pid_t(fields[2])
        else { return nil }
        let ticks = fields[11...14].reduce(0) { $0 + (Int($1) ?? 0) }
        let name = String(text[open..<close].dropFirst())
        return Entry(state: state, parent: parent, group: group, ticks: ticks, name: name)
    }

    /// The living children of a process, by number.
    static func children(of parent: pid_t) -> [pid_t] { living { $0.parent == parent } }

    /// The living processes of a group, by number.
    static func members(ofGroup group: pid_t) -> [pid_t] { living { $0.group == group } }

    private static func living(where isWanted: (Entry) -> Bool) -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { process in
            guard let entry = entry(process) else { return false }
            return isWanted(entry) && entry.state != "Z"
        }.sorted()
    }

    /// Whether a process lives; one that nobody has reaped yet does not.
    static func isAlive(_ process: pid_t) -> Bool {
        entry(process).map { $0.state != "Z" } ?? false
    }

    /// Processor time of a process, its children and those that it has reaped, seconds.
    static func processorSeconds(ofTree root: pid_t) -> Double {
        let ticks = ([root] + children(of: root)).reduce(0) { $0 + (entry($1)?.ticks ?? 0) }
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Memory of a process and its children, shared pages counted once; bytes.
    static func memory(ofTree root: pid_t) -> Int {
        ([root] + children(of: root)).reduce(0) { $0 + memory($1) }
    }

    /// The proportional set size, or where the system does not tell it the resident set size.
    private static func memory(_ process: pid_t) -> Int {
        if let rollup = text("/proc/\(process)/smaps_rollup"),
            let line = rollup.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") }),
            let kibibytes = Int(line.split(separator: " ")[1])
        {
            return kibibytes * 1024
        }
        let pages = text("/proc/\(process)/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Memory that is a process's own, in no file, bytes; nil when there is no such process.
    static func ownMemory(_ process: pid_t) -> Int? {
        let line = text("/proc/\(process)/status")?.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// What the open descriptors of a process lead to.
    static func descriptors(_ process: pid_t) -> [Int: String] {
        let directory = "/proc/\(process)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var targets: [Int: String] = [:]
        for name in names {
            if let number = Int(name),
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
            {
                targets[number] = target
            }
        }
        return targets
    }

    /// Whether a process handles a signal in some way of its own: catches, blocks or ignores it.
    static func handles(_ process: pid_t, _ signal: Int32) -> Bool {
        guard let status = text("/proc/\(process)/status") else { return false }
        let masks = status.split(separator: "\n").filter { line in
            ["SigBlk:", "SigIgn:", "SigCgt:"].contains { line.hasPrefix($0) }
        }
        return masks.contains { line in
            let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) ?? 0
            return mask >> UInt64(signal - 1) & 1 == 1
        }
    }

    /// A file of `/proc`, which has no size to ask for.
    static func text(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = max(0, unsafe read(descriptor, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

extension RunningProgram {
    /// The living children.
    var children: [pid_t] { ProcessTable.children(of: processIdentifier) }

    /// Waits until none of the processes lives.
    func waitForDeath(of processes: [pid_t]) throws {
        try wait("the death of \(processes)") { !processes.contains(where: ProcessTable.isAlive) }
    }

    /// Waits until the tree spends next to no processor time, and fails when it never rests: a busy loop.
    ///
    /// The machine is shared, so a busy moment is no failure; a window of rest must come.
    func waitForRest(windowSeconds: Double = 1) throws {
        var spent = Double.infinity
        try wait("a second of rest (\(spent) s of processor time in the last one)") {
            let before = ProcessTable.processorSeconds(ofTree: processIdentifier)
            self.watch(seconds: windowSeconds, every: 50)
            spent = ProcessTable.processorSeconds(ofTree: processIdentifier) - before
            return spent < 0.05 * windowSeconds
        }
    }
}
