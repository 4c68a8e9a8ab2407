"""One module for each kind of sales channel: how it signs, pages, tells and is told. None of them knows the database."""
