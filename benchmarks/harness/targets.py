"""What the benchmarks promise: a value, its target, and whether it is met."""

import json

QUIET = 0.15  # cores that others may keep busy in a measurement to publish


def at_least(value, target):
    """Entry of the results for a value that must not be below its target."""
    return _entry(value, target, ">=", lambda: value >= target)


def at_most(value, target):
    """Entry of the results for a value that must not be above its target."""
    return _entry(value, target, "<=", lambda: value <= target)


def _entry(value, target, sign, met):
    if value is None:  # what was not measured is not met
        return {"value": None, "target": f"{sign} {target}", "met": False}
    return {
        "value": round(value, 3),
        "target": f"{sign} {target}",
        "met": met(),
    }


def lowest(values):
    """The least of the values; None if one of them, or all, are missing."""
    values = list(values)
    return None if None in values else min(values, default=None)


def highest(values):
    """The greatest of the values; None if one of them, or all, are missing."""
    values = list(values)
    return None if None in values else max(values, default=None)


def lines(result):
    """The targets as a person reads them, and a warning of a busy machine."""
    yield ""
    for name, entry in result["targets"].items():
        value = "missing" if entry["value"] is None else entry["value"]
        state = "met" if entry["met"] else "NOT met"
        yield f"{name:<36} {value:>8}  {entry['target']:<8} {state}"
    others = busiest(result)
    if others > QUIET and result.get("clock") != "processor":
        yield f"not to be published: others kept {others} cores busy"


def as_line(result):
    """The result as one line of JSON."""
    others = busiest(result)
    return json.dumps({**result, "others_cores": others})


def busiest(result):
    """The most cores that other programs kept busy in any measurement."""
    if isinstance(result, dict):
        found = [busiest(value) for value in result.values()]
        return max(found + [result.get("others_cores", 0.0)])
    if isinstance(result, list):
        return max(map(busiest, result), default=0.0)
    return 0.0
