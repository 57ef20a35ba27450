/// What can happen next in a simulated world. Children are named by their worker, parts by their place among those that
/// their child was given.
package enum Event: Hashable, Sendable, CustomStringConvertible {
    // What happens by itself sooner or later.
    /// The shell carries out what the scheduler wants: the end of a turn of its loop.
    case act
    case becomeReady(Int)
    /// A child notes that it works on the part that it was given first.
    case begin(Int)
    /// Its results lie in the slot, and it has not rung.
    case hash(Int)
    case answer(Int)
    /// A record kills its child.
    case crash(Int)
    /// The end of a child is noticed.
    case exit(Int)
    case read(Int)
    /// A batch of so many records comes from a filter on another machine.
    case arrive(Int)
    case endInput
    case write(Int)
    /// Time passes until something is due.
    case passTime
    /// The reader of the output, which had stalled, goes on.
    case resume
    /// The child that speaks for other machines says how many children there are.
    case countRemote(Int, children: Int)
    /// It has the results of a part.
    case answerPart(Int, place: Int)
    /// It gives a part back that no machine comes to an end with.
    case returnPart(Int, place: Int)

    // What need not happen.
    /// A child is killed from outside, or by a fault of its own that no record is to blame for.
    case die(Int)
    /// A child stops for ever, at whatever it does.
    case hang(Int)
    /// A child answers that was killed meanwhile, and goes on to what it was given next.
    case answerLate(Int)
    case talkNonsense(Int, Nonsense)
    /// The next start of a child will fail.
    case refuseStart
    /// poll(2) said that there is something to do, and the call said that there is not: EAGAIN.
    case wouldBlock
    case stall
    case stop(signal: Int32)
    case failInput
    /// The memory of a worker's slots has grown too large.
    case outgrow(Int)
    /// The end of the child that spoke for other machines is noticed, and that there is no way to them any more.
    case giveUpRemote(Int)

    package var description: String {
        switch self {
        case .act: "the shell acts"
        case .becomeReady(let index): "child \(index) is ready"
        case .begin(let index): "child \(index) begins"
        case .hash(let index): "child \(index) has hashed"
        case .answer(let index): "child \(index) answers"
        case .crash(let index): "child \(index) dies of a record"
        case .exit(let index): "the end of child \(index) is noticed"
        case .read(let count): "\(count) bytes are read"
        case .arrive(let count): "a batch of \(count) records comes"
        case .endInput: "the input ends"
        case .write(let count): "\(count) bytes are written"
        case .passTime: "time passes until something is due"
        case .resume: "the reader goes on"
        case .die(let index): "child \(index) dies"
        case .hang(let index): "child \(index) hangs"
        case .answerLate(let index): "child \(index) answers too late"
        case .talkNonsense(let index, let nonsense): "child \(index) talks nonsense: \(nonsense)"
        case .refuseStart: "the next start will fail"
        case .wouldBlock: "a call would block after all"
        case .stall: "the reader stalls"
        case .stop(let signal): "signal \(signal) arrives"
        case .failInput: "reading fails"
        case .outgrow(let index): "the memory of worker \(index) is outgrown"
        case .countRemote(let index, let children): "child \(index) says that it speaks for \(children)"
        case .answerPart(let index, let place): "child \(index) answers part \(place)"
        case .returnPart(let index, let place): "child \(index) gives part \(place) back"
        case .giveUpRemote(let index): "the end of child \(index) is noticed, and no machine can be reached any more"
        }
    }
}

/// What a child can say that it should not.
package enum Nonsense: CaseIterable, Hashable, Sendable {
    /// An answer that nobody asked for.
    case wrongTicket
    /// An answer that was given before.
    case staleTicket
    /// An answer for what it was given second.
    case secondTicket
    case noResults
    /// That it has left records out where none may be.
    case leavesOut
    case tooManyErrors
    case negativeErrors
    case readyAgain
    case noLanes
    /// Lanes that would make every time limit a short one.
    case endlessLanes
    /// How many children there are on other machines, which it does not speak for, or not yet.
    case countsMachines
    /// More of them than there can be.
    case endlessMachines
    /// That it gives a part back, which it may not or was not given.
    case givesBack
    /// What is no message at all.
    case garbage
}
