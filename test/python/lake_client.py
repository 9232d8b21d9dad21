"""What data people do with the tables: pyiceberg, and DuckDB over what it reads.

`lake_client.py count TABLE` prints how many rows each of the two finds. `lake_client.py history TABLE` makes a table and works with its
history. `append`, `delete` and `overwrite` change a table, and print what pyiceberg then finds. LAKE in the environment says where the lake is, in JSON: uri, endpoint, region, accessKeyId, secretAccessKey.
"""

import json
import os
import sys

import duckdb
import pyarrow
from pyiceberg.catalog import Catalog, load_catalog


def connect(lake: dict[str, str], **settings: str) -> Catalog:
    return load_catalog(
        "lake",
        type="rest",
        uri=lake["uri"],
        **{
            "s3.endpoint": lake["endpoint"],
            "s3.region": lake["region"],
            "s3.access-key-id": lake["accessKeyId"],
            "s3.secret-access-key": lake["secretAccessKey"],
        },
        **settings,
    )


def count(catalog: Catalog, name: str) -> dict[str, object]:
    """Rows as each client counts them, and visitors as DuckDB does."""
    rows = catalog.load_table(name).scan().to_arrow()
    database = duckdb.connect()
    database.register("events", rows)
    [found] = database.sql("SELECT count(*), count(DISTINCT visitor_id) FROM events").fetchall()
    return {"pyiceberg": rows.num_rows, "duckdb": found[0], "visitors": found[1]}


def history(catalog: Catalog, name: str) -> dict[str, object]:
    """Appends, reads the past, makes a branch and a tag, and expires a snapshot."""
    namespace = name.split(".")[0]
    catalog.create_namespace_if_not_exists(namespace)
    schema = pyarrow.schema([("id", pyarrow.int64()), ("word", pyarrow.string())])
    table = catalog.create_table(name, schema)
    for step in range(5):
        table.append(pyarrow.table({"id": [step], "word": [f"word {step}"]}, schema=schema))
    snapshots = [snapshot.snapshot_id for snapshot in table.snapshots()]
    table.manage_snapshots().create_branch(snapshots[2], "audit").create_tag(snapshots[1], "kept").commit()
    table.append(pyarrow.table({"id": [9], "word": ["audited"]}, schema=schema), branch="audit")
    table.maintenance.expire_snapshots().by_id(snapshots[0]).commit()
    table = catalog.load_table(name)
    return {
        "snapshots": len(snapshots),
        "then": table.scan(snapshot_id=snapshots[2]).to_arrow().num_rows,
        "now": table.scan().to_arrow().num_rows,
        "audit": table.scan().use_ref("audit").to_arrow().num_rows,
        "refs": sorted(table.refs()),
        "left": len(table.snapshots()),
        "expired": snapshots[0] not in {snapshot.snapshot_id for snapshot in table.snapshots()},
    }


def change(catalog: Catalog, name: str, step: str) -> dict[str, object]:
    """Changes a table of numbers, which the first append makes."""
    catalog.create_namespace_if_not_exists(name.split(".")[0])
    schema = pyarrow.schema([("id", pyarrow.int64()), ("word", pyarrow.string())])
    table = catalog.create_table_if_not_exists(name, schema)
    first = table.scan().to_arrow().num_rows
    rows = [first + number for number in range(1000)]
    made = pyarrow.table({"id": rows, "word": [f"{step} {number}" for number in rows]}, schema=schema)
    if step == "append":
        table.append(made)
    elif step == "overwrite":
        table.overwrite(made)
    else:
        table.delete("id < 100")
    found = catalog.load_table(name).scan().to_arrow()
    return {"rows": found.num_rows, "sum": sum(found["id"].to_pylist()), "last": max(found["word"].to_pylist())}


def main(action: str, name: str) -> None:
    catalog = connect(json.loads(os.environ["LAKE"]))
    if action in ("append", "delete", "overwrite"):
        print(json.dumps(change(catalog, name, action)))
    else:
        print(json.dumps({"count": count, "history": history}[action](catalog, name)))


if __name__ == "__main__":
    main(*sys.argv[1:])
