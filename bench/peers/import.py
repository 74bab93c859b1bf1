"""The peer of `bench import`: the rows of a CSV table into a SQLite table with csv and sqlite3, one transaction, votes as whole numbers."""

import csv
import os
import sqlite3

from common import serve


def prepare(settings):
    table = os.path.join(settings["folder"], "votes.csv")
    database = os.path.join(settings["folder"], "peer.sqlite")

    def typed(row):
        return [row[0], float(row[1]), float(row[2]), *map(int, row[3:-3]), *map(float, row[-3:])]

    def load():
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA journal_mode = WAL")
        with open(table, newline="") as file:
            rows = csv.reader(file)
            header = next(rows)
            columns = ", ".join(f'"{name}"' for name in header[1:])
            connection.execute(f'CREATE TABLE galaxies ("{header[0]}" TEXT PRIMARY KEY, {columns})')
            with connection:
                connection.executemany(f"INSERT INTO galaxies VALUES ({', '.join('?' * len(header))})", map(typed, rows))
        count = connection.execute("SELECT count(*) FROM galaxies").fetchone()[0]
        connection.close()
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(database + ending):
                os.remove(database + ending)
        if count != settings["rows"]:
            raise ValueError(f"{count} rows of {settings['rows']}")

    about = {"program": f"csv and sqlite3 {sqlite3.sqlite_version}, one transaction", "unit": "table", "values": [settings["rows"]]}
    return about, load, 1


serve(prepare, [])
