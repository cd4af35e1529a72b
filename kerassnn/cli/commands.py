"""What the commands do: each a function of its arguments."""

import json
import math

from absl import flags

from kerassnn import training
from kerassnn import zoo
from kerassnn.cli import showing
from kerassnn.cli.recipes import find_recipe
from kerassnn.training.comparing import table
from kerassnn.training.overrides import define as define_fields
from kerassnn.training.overrides import field_types
from kerassnn.training.overrides import parse
from kerassnn.zoo.registry import cards as find_cards


def list_entries(arguments):
    values = flags.FlagValues()
    define = {"flag_values": values}
    flags.DEFINE_bool("json", False, "", **define)
    flags.DEFINE_string("dataset", None, "", **define)
    flags.DEFINE_string("method", None, "", **define)
    for name in ("timesteps", "max_parameters"):
        flags.DEFINE_integer(name, None, "", lower_bound=1, **define)
    patterns = parse(values, arguments)
    if len(patterns) > 1:
        raise ValueError(f"expected one pattern, received: {patterns}")
    found = find_cards(
        *patterns,
        dataset=values.dataset,
        method=values.method,
        timesteps=values.timesteps,
    )
    most = values.max_parameters or math.inf
    cards = [card for card in found if card["parameters"] <= most]
    if values.json:
        print(json.dumps(cards))
    else:
        print(showing.listing(cards) if cards else "no entry is like that")


def info(arguments):
    values = flags.FlagValues()
    flags.DEFINE_bool("json", False, "", flag_values=values)
    card = zoo.card(_only(parse(values, arguments), "an entry's name"))
    print(json.dumps(card, indent=2) if values.json else showing.entry(card))


def evaluate(arguments):
    values = flags.FlagValues()
    flags.DEFINE_bool("json", False, "", flag_values=values)
    flags.DEFINE_string("data_dir", None, "", flag_values=values)
    name = _only(parse(values, arguments), "an entry's name")
    found = zoo.evaluate(name, data_dir=values.data_dir)
    if not values.json:
        print(
            f"{name}: {100 * found['accuracy']:.2f} % of {found['images']} "
            f"test images of {found['dataset']}; "
            f"its card says {100 * found['card_accuracy']:.2f} %"
        )
    print(json.dumps(found))


def distill(arguments):
    if not arguments or arguments[0].startswith("-"):
        raise ValueError("expected `kerassnn distill RECIPE [--field=value]`")
    return training.distill(find_recipe(arguments[0]), arguments[1:])


def compare(arguments):
    if not arguments or arguments[0].startswith("-"):
        raise ValueError("expected `kerassnn compare RECIPE [--seeds=N] ...`")
    recipe = training.load_recipe(find_recipe(arguments[0]))
    values = flags.FlagValues()
    define = {"flag_values": values}
    flags.DEFINE_list("methods", None, "", **define)
    flags.DEFINE_integer("seeds", 5, "", lower_bound=1, **define)
    flags.DEFINE_string("baseline", "HardLabel", "", **define)
    flags.DEFINE_string("runs", "runs", "", **define)
    flags.DEFINE_string("report", "runs", "", **define)
    define_fields(recipe.config, values)
    rest = parse(values, arguments[1:])
    if rest:
        raise ValueError(f"expected --field=value, received: {rest[0]!r}")
    fields = field_types(recipe.config)
    report = training.compare(
        recipe,
        methods=values.methods,
        baseline=values.baseline,
        seeds=values.seeds,
        overrides={k: values[k].value for k in fields if values[k].present},
        folder=values.runs,
        report=values.report,
    )
    print("\n".join(table(report)))
    print(json.dumps({r["method"]: r["mean"] for r in report["rows"]}))


def publish(arguments):
    values = flags.FlagValues()
    for name in ("name", "zoo", "data_dir", "paper_source"):
        flags.DEFINE_string(name, None, "", flag_values=values)
    flags.DEFINE_float("paper", None, "", 0.0, 1.0, flag_values=values)
    for name in ("baseline", "reference"):
        flags.DEFINE_multi_string(name, [], "", flag_values=values)
    flags.DEFINE_string("differences", "", "", flag_values=values)
    flags.DEFINE_bool("overwrite", False, "", flag_values=values)
    runs = parse(values, arguments)
    if not runs or not values.name:
        raise ValueError("expected `kerassnn publish RUN ... --name=NAME`")
    if (values.paper is None) != (values.paper_source is None):
        raise ValueError(
            "expected --paper, a fraction read in the paper, together with "
            f"--paper_source, received: paper={values.paper}, "
            f"paper_source={values.paper_source}"
        )
    paper = None
    if values.paper is not None:
        source = values.paper_source
        paper = {"value": values.paper, "tag": "V", "source": source}
    entry = zoo.publish(
        runs,
        values.name,
        values.zoo,
        baseline_runs=values.baseline or None,
        paper=paper,
        references=values.reference,
        differences=values.differences,
        data_dir=values.data_dir,
        overwrite=values.overwrite,
    )
    print(f"published {entry}")


def pack(arguments):
    values = flags.FlagValues()
    define = {"flag_values": values}
    flags.DEFINE_float("part_mb", 15.0, "", lower_bound=0.001, **define)
    flags.DEFINE_bool("checkpoint", False, "", **define)
    places = parse(values, arguments)
    if len(places) != 2:
        raise ValueError(f"expected `kerassnn pack RUN DIR`, not {places}")
    paths = zoo.pack(
        *places,
        part_bytes=int(1e6 * values.part_mb),
        checkpoint=values.checkpoint,
    )
    for path in paths:
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


def unpack(arguments):
    values = flags.FlagValues()
    flags.DEFINE_string("runs", "runs", "", flag_values=values)
    lists = parse(values, arguments)
    if not lists:
        raise ValueError("expected `kerassnn unpack DIR/RECIPE-SEED.json ...`")
    for listed in lists:
        print(f"unpacked {zoo.unpack(listed, values.runs)}")


COMMANDS = {
    "list": list_entries,
    "info": info,
    "evaluate": evaluate,
    "distill": distill,
    "compare": compare,
    "publish": publish,
    "pack": pack,
    "unpack": unpack,
}


def _only(names, expected):
    if len(names) != 1:
        raise ValueError(f"expected {expected}, received: {names}")
    return names[0]
