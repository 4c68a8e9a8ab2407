"""The ledger: nothing else changes a balance; promises and allocations live here too."""
