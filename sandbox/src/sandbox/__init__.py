"""Stand-ins of Haravan and meInvoice over HTTP, for the first run, tests and benchmarks."""
