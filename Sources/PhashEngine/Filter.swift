internal import PhashPosix
package import PhashWire

/// The filter as a whole: stdin to stdout, through children.
package enum Filter {
    /// Runs the filter in this process and says why it ended. No child is left.
    package static func run(settings: FilterSettings, job: any Job) -> ExitReason {
        do throws(ExitFailure) {
            return try Parent(settings: settings, job: job).run()
        } catch {
            return error.reason
        }
    }

    /// A whole program around a job, with the usual settings: parent or child, as its arguments say.
    package static func main(_ job: any Job, format: RecordFormat) -> Never {
        if Worker.isWorker { Worker.run { _ in job } }
        let processors = Processors.available()
        let settings = FilterSettings(jobs: processors, processors: processors, format: format)
        run(settings: settings, job: job).terminate()
    }
}
