import dataclasses
from collections.abc import Mapping
from collections.abc import Sequence

from absl import flags

from kerassnn.training.config import Config
from kerassnn.training.config import field_types

DEFINE = {
    bool: flags.DEFINE_boolean,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    str: flags.DEFINE_string,
}


def override(
    config: Config, overrides: Mapping | Sequence[str] | None
) -> Config:
    """Returns a copy of `config` with some of its fields replaced.

    Args:
        config: A `Config`.
        overrides: `{field: value}`, or a list of `"--field=value"`, or
            `None`.

    Raises:
        ValueError: if a field does not exist (the message names the nearest
            ones) or a value is not of the field's type.
    """
    return dataclasses.replace(config, **given(config, overrides))


def given(config, overrides):
    """Returns `{field: value}` of what `override` replaces."""
    overrides = overrides or []
    if isinstance(overrides, Mapping):
        unknown = sorted(set(overrides) - set(field_types(config)))
        if not unknown:
            return dict(overrides)
        # absl words the complaint, with the nearest names.
        overrides = [f"--{name}=" for name in unknown]
    values = flags.FlagValues()
    define(config, values)
    rest = parse(values, overrides)
    if rest:
        raise ValueError(f"expected --field=value, received: {rest[0]!r}")
    return present(config, values)


def define(config, values):
    """Adds one flag for each field of `config` to absl `FlagValues`."""
    for name, kind in field_types(config).items():
        if kind not in DEFINE:
            raise ValueError(
                "expected fields of type bool, int, float or str, "
                f"received: {name}: {kind}"
            )
        DEFINE[kind](name, getattr(config, name), "", flag_values=values)


def parse(values, arguments):
    """Parses `arguments` into absl `FlagValues`; returns what is no flag."""
    try:
        return values(["", *arguments])[1:]
    except flags.UnrecognizedFlagError as error:
        text = str(error)
        if "Did you mean" not in text:
            text += (
                f": expected a field of {', '.join(values)}, received: "
                f"{error.flagname}"
            )
        raise ValueError(text) from None
    except flags.Error as error:
        raise ValueError(str(error)) from None


def present(config, values):
    """Returns `{field: value}` of the fields that parsed flags give."""
    return {
        name: values[name].value
        for name in field_types(config)
        if values[name].present
    }
