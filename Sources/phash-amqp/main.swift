import PhashAMQP
import PhashCLI
import PhashEngine

// A child of the daemon never gets as far as the command line, as in phash itself.
if Worker.isWorker {
    Worker.run { parameters in try ShippedJob.make(from: parameters) }
}
BridgeCommandLine.main(bridge: Bridge.run, work: Daemon.run)
