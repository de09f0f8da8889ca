"""The databases that a store can be in, behind one contract."""

from weaklink.store.databases.database import Database, Location, Read, wanted
from weaklink.store.databases.location import is_address, open_database, read_columns, shown

__all__ = [
    "Database",
    "Location",
    "Read",
    "is_address",
    "open_database",
    "read_columns",
    "shown",
    "wanted",
]
