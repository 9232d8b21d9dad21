"""Reads OpenLineage events with the classes of OpenLineage's own client: `lineage_events.py FILE…`.

A field that a class does not have, one that it needs and that is missing, a value of another type, and a facet whose schema the client does
not know in that version are errors. Prints what each file is, and the facets in it, in JSON.
"""

import json
import pathlib
import pkgutil
import sys
import types
import typing

import attr
from openlineage.client import event_v2, generated
from openlineage.client.generated import base
from openlineage.client.serde import Serde

# Facets of a dataset may stand in any of its maps that are open; all others only where their base class says.
PLACES = {
    "run": base.RunFacet,
    "job": base.JobFacet,
    "facets": (base.DatasetFacet, base.InputDatasetFacet),
    "inputFacets": base.InputDatasetFacet,
    "outputFacets": base.OutputDatasetFacet,
}


def facet_classes() -> dict[str, type]:
    """Classes of facets by the address of their schema."""
    found: dict[str, type] = {}
    for module in pkgutil.iter_modules(generated.__path__):
        names = vars(__import__(f"{generated.__name__}.{module.name}", fromlist=["*"]))
        for value in names.values():
            if isinstance(value, type) and issubclass(value, base.BaseFacet):
                found[value._get_schema()] = value
    return found


FACETS = facet_classes()


def read_facets(place: str, given: dict, seen: set[str]) -> dict:
    facets = {}
    for name, fields in given.items():
        schema = fields["_schemaURL"]
        if schema not in FACETS:
            raise ValueError(f"{name}: the client knows no facet {schema}")
        if not issubclass(FACETS[schema], PLACES[place]):
            raise ValueError(f"{name}: {FACETS[schema].__name__} has no place in {place}")
        seen.add(name)
        plain = {key: value for key, value in fields.items() if key != "_schemaURL"}
        facets[name] = read_class(FACETS[schema], plain)
    return facets


def read_class(cls: type, fields: dict) -> object:
    hints = typing.get_type_hints(cls)
    arguments = {field.name: field.alias for field in attr.fields(cls)}
    values = {}
    for key, value in fields.items():
        if key not in arguments:
            raise ValueError(f"{cls.__name__} has no field {key}")
        values[arguments[key]] = read_value(hints[key], value, f"{cls.__name__}.{key}")
    return cls(**values)


def read_value(hint: object, value: object, where: str) -> object:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        [inner] = [argument for argument in arguments if argument is not type(None)]
        return read_value(inner, value, where)
    if origin is list and isinstance(value, list):
        return [read_value(arguments[0], item, where) for item in value]
    if origin is dict and isinstance(value, dict):
        return {key: read_value(arguments[1], item, where) for key, item in value.items()}
    if isinstance(hint, type) and attr.has(hint) and isinstance(value, dict):
        return read_class(hint, value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ValueError(f"{where}: {value!r} is no {hint}")


def read_dataset(cls: type, given: dict, seen: set[str]) -> object:
    maps = [key for key in ("facets", "inputFacets", "outputFacets") if key in given]
    plain = {key: value for key, value in given.items() if key not in maps}
    return cls(**plain, **{key: read_facets(key, given[key], seen) for key in maps})


def read_event(given: dict) -> tuple[object, set[str]]:
    """The event as the client has it, and the names of its facets."""
    seen: set[str] = set()
    rest = dict(given)
    schema = rest.pop("schemaURL")
    [cls] = [cls for cls in (base.RunEvent, base.JobEvent) if cls._get_schema() == schema]
    for place, owner in (("job", base.Job), ("run", base.Run)):
        if place in rest:
            plain = dict(rest[place])
            facets = read_facets(place, plain.pop("facets", {}), seen)
            rest[place] = owner(**plain, facets=facets)
    inputs = [read_dataset(base.InputDataset, one, seen) for one in rest.pop("inputs", [])]
    outputs = [read_dataset(base.OutputDataset, one, seen) for one in rest.pop("outputs", [])]
    if "eventType" in rest:
        rest["eventType"] = event_v2.RunState(rest["eventType"])
    return cls(**rest, inputs=inputs, outputs=outputs), seen


def without_empty(value: object) -> object:
    """What the client writes for fields that were not given is the same as nothing."""
    if isinstance(value, dict):
        inner = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in ({}, [], None)}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    told = {}
    for path in map(pathlib.Path, sys.argv[1:]):
        given = json.loads(path.read_text())
        event, facets = read_event(given)
        if without_empty(json.loads(Serde.to_json(event))) != without_empty(given):
            raise ValueError(f"{path}: the client writes another event than it read")
        told[path.name] = {"event": type(event).__name__, "facets": sorted(facets)}
    print(json.dumps(told))


main()
