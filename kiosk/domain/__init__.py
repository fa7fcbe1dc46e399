"""What is true of events, orders and tickets: pure and synchronous, no files, clock or ledger."""
