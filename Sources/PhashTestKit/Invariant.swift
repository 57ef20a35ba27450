/// What must hold in every simulated world.
package enum Invariant: String, CaseIterable, Sendable {
    /// Each record that was read leaves once, and none is with two children at a time.
    case exactlyOnce = "each record exactly once"
    /// Ordered output leaves in the order of the input.
    case order
    /// What is charged is what lies in the slots, and all of it comes back.
    case credits = "credits are conserved"
    /// Neither the slots nor the input outside of them take more than they may.
    case memory = "memory is bounded"
    /// No child is idle, and none is left unstarted, while records wait that it may have.
    case workConservation = "work is conserved"
    /// Something can always happen, and the run ends within so many steps.
    case progress
    /// Error records stand where they should and nowhere else.
    case rightErrors = "the right error records"
    /// The counters are right after every step.
    case statistics
    /// It ends as the signals and the failures of children say, and when they say so.
    case rightEnding = "the right ending"
    /// Each action can be carried out, and each killing has a reason.
    case sensibleActions = "sensible actions"
    /// A child that breaks the protocol is not believed again.
    case distrust = "distrust of nonsense"
}

/// Something that must never happen did.
package struct Violation: Error, CustomStringConvertible, Sendable {
    package let invariant: Invariant
    package let step: Int
    package let text: String

    package var description: String { "step \(step): \(invariant.rawValue): \(text)" }
}

/// A fault of the world itself, to show that its checks can fail. Each happens once in a world, if at all.
package enum Canary: String, CaseIterable, Sendable {
    /// A record's output leaves twice.
    case repeatRecord
    /// A record's output never leaves.
    case dropRecord
    /// Two records leave the wrong way round.
    case swapRecords
    /// A child has left more bytes in its slot than it says.
    case understateResults
    /// More is read than was asked for.
    case readTooMuch
    /// A child never gets an order.
    case loseOrder
    /// A child's answer never arrives.
    case loseAnswer
    /// A child writes an error record for a record that is all right.
    case inventError
    /// A child counts one error record too many.
    case miscountErrors
    /// The signal that should end everything is not passed on.
    case hideSignal
    /// A child is said to have been started and was not.
    case forgetChild
    /// A child's nonsense is not passed on.
    case excuseNonsense
    /// Children on other machines are not told of.
    case hideMachines

    /// The check that finds it.
    package var breaks: Invariant {
        switch self {
        case .repeatRecord, .dropRecord: .exactlyOnce
        case .swapRecords: .order
        case .understateResults: .credits
        case .readTooMuch: .memory
        case .loseOrder, .hideMachines: .workConservation
        case .loseAnswer: .progress
        case .inventError: .rightErrors
        case .miscountErrors: .statistics
        case .hideSignal: .rightEnding
        case .forgetChild: .sensibleActions
        case .excuseNonsense: .distrust
        }
    }
}
