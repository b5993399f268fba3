"""Django forms of the pages, one file a noun."""
