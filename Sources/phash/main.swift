import PhashCLI
import PhashEngine

// A child never gets as far as the command line: building its parser would cost more than starting it.
if Worker.isWorker {
    Worker.run { parameters in try ShippedJob.make(from: parameters) }
}
CommandLineInterface.main()
