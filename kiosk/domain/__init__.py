"""What is true of events, orders and tickets: pure and synchronous, no files, no clock, no ledger."""
