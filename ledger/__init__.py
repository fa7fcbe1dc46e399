"""A double-entry ledger on two engines: accounts, transfers, and nothing about what they mean."""
