"""A small database with every kind of relation, for the tests of transactions and migrations."""
