"""Use cases: they sequence the domain, the store and the ledger, and own no rule."""
