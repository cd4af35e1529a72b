"""README.md of an entry, from its card."""

from kerassnn.publishing import markdown
from kerassnn.publishing.metadata import front_matter
from kerassnn.zoo.cards import OWN_RECIPE
from kerassnn.zoo.cards import command_of
from kerassnn.zoo.cards import has_own_recipe
from kerassnn.zoo.cards import teacher_names


def readme(card: dict) -> str:
    """The text of an entry's README.md, the Hub's metadata before it."""
    name, training, recipe = card["name"], card["training"], card["recipe"]
    energy, backend = card["energy"], card["backend"]
    return "\n".join(
        [
            front_matter(card),
            f"# {name}",
            "",
            "Generated from `card.json`; not edited by hand.",
            "",
            f'    model = kerassnn.zoo.load("{name}")',
            "",
            markdown.table(("", ""), facts(card)),
            *_by_timesteps(card),
            *_rates(card),
            f"Energy: {energy['sops']:.0f} SOPs and {energy['macs']:.0f} MACs "
            f"an image, {markdown.nanojoules(card)} nJ. "
            f"{energy['assumptions']}",
            "",
            f"Trained by `{command_of(card)}` at commit "
            f"{recipe['commit'] or 'unknown'}: {training['epochs']} epochs in "
            f"{training['seconds']:.0f} s on {training['hardware']}, with "
            f"{backend['name']} {backend['version']} and "
            f"Keras {backend['keras']}.",
            "",
            *_recipe(card),
            f"Differs from the paper: {card['differences'] or 'not stated'}",
            "",
            "References: "
            + (", ".join(f"arXiv {i}" for i in card["references"]) or "none"),
            "",
            f"Licence: {card['licence']}",
            "",
        ]
    )


def facts(card: dict) -> list[tuple]:
    """Pairs of a heading and a value: what an entry is, and how accurate."""
    shown = card["results"]
    source = (shown["paper"] or {}).get("source")
    each = ", ".join(f"{100 * a:.2f}" for a in shown["accuracies"])
    percent = markdown.percent
    return [
        ("Data set", card["dataset"]),
        ("Method", card["method"] + _trained(card)),
        ("Timesteps", card["timesteps"] or "none, an ANN"),
        ("Parameters", card["parameters"]),
        ("Accuracy", f"{percent(shown)} % (seeds: {each})"),
        ("Accuracy of these weights", f"{100 * shown['accuracy']:.2f} %"),
        ("Selected by", shown["selection"]),
        ("Teacher", ", ".join(teacher_names(card)) or "none"),
        ("Without distillation", percent(shown["baseline"])),
        ("Paper", markdown.paper(card) + (f", {source}" if source else "")),
    ]


def _recipe(card):
    if not has_own_recipe(card):
        return []
    text = (
        f"`{OWN_RECIPE}`, in this folder, is not one of kerassnn's recipes. "
        "Loading the entry does not run it; read it before you do."
    )
    return [text, ""]


def _trained(card):
    rate_based = "flow" in card["method_arguments"]
    return ", by rate-based backpropagation" if rate_based else ""


def _by_timesteps(card):
    found = card["accuracy_by_timesteps"]
    if found is None:
        return []
    order = sorted(found, key=int)
    row = ["Accuracy", *(f"{100 * found[key]:.2f}" for key in order)]
    return [markdown.table(["T", *order], [row])]


def _rates(card):
    found = card["firing_rates"]
    if found is None:
        return []
    rows = [(key, f"{rate:.4f}") for key, rate in sorted(found.items())]
    return [markdown.table(("Layer", "Firing rate"), rows)]
