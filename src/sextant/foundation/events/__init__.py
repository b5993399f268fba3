"""Domain events: what happened, written in the transaction that did it, told to whoever subscribed."""
