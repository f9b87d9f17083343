"""Floor 2, hands: database, crypto, jobs, events, policy, forms, pages, papers, storage. No feature is known here."""
