"""What is described: people, names, events, and the intent of everything the ledger is asked."""
