"""The database below the models: transactions, guarded inserts, and what each of the two databases needs."""
