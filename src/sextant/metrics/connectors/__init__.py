"""Sources that deliver by themselves: declared in a document, read by a driver, handed to the intake.

`document` says what a connector is, `rest`, `sql` and `files` read one kind of source each, `windows` and `schedule`
decide what to read and when, `delivery` is what every driver gives back. Nothing here knows the database of the
product: loading, locking and remembering is done by `actions.connectors`.
"""
