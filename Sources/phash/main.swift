import PhashCLI
import PhashEngine

CommandLineInterface.main()
