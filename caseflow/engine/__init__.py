"""Order and transactions: handle, advance (react and fire), deliver, inbox, audit. No SQL, no wording, no days."""
