import argparse
import dataclasses
import difflib
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any


@dataclasses.dataclass(frozen=True)
class Command:
    """One command of `kerassnn`.

    Args:
        name: String.
        about: String, one line; what it does.
        define: Function of a parser, adds the command's flags to it.
        run: Function of the parsed flags; for a command that `takes_fields`
            also of the list of `--field=value` that are left. Its result is
            the exit code, `None` for 0.
        takes_fields: Bool, whether it accepts flags that it does not define.
        shows_itself: Function of the arguments, whether `--help` among them
            is for `run` to answer.
        heavy: Bool, whether it needs Keras and a backend.
    """

    name: str
    about: str
    define: Callable[[argparse.ArgumentParser], None]
    run: Callable[..., int | None]
    takes_fields: bool = False
    shows_itself: Callable[[Sequence[str]], bool] = lambda arguments: False
    heavy: bool = True

    def parser(self) -> "Parser":
        """What reads the command's flags, and shows them."""
        parser = Parser(
            prog=f"kerassnn {self.name}",
            description=self.about,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            # The main program shows help; a recipe shows its own.
            add_help=False,
        )
        self.define(parser)
        return parser

    def __call__(self, arguments: Sequence[str]) -> int:
        """Runs the command; ValueError if a flag is wrong."""
        parser = self.parser()
        values, rest = parser.parse_known_args(list(arguments))
        if self.takes_fields:
            return self.run(values, rest) or 0
        if rest:
            raise ValueError(_unknown(rest[0], parser))
        return self.run(values) or 0


class Parser(argparse.ArgumentParser):
    """Raises ValueError where argparse would end the process."""

    def error(self, message: str) -> Any:
        raise ValueError(f"{message}; `{self.prog} --help` lists the flags")


def at_least(smallest: int) -> Callable[[str], int]:
    """The type of a flag whose value is an int from `smallest` on."""

    def integer(text: str) -> int:
        value = int(text)
        if value < smallest:
            raise argparse.ArgumentTypeError(
                f"expected an int >= {smallest}, received: {text}"
            )
        return value

    return integer


def fraction(text: str) -> float:
    """The type of a flag whose value is a number from 0 to 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(
            f"expected a number from 0 to 1, received: {text}"
        )
    return value


def _unknown(given: str, parser: Parser) -> str:
    if not given.startswith("-"):
        return f"expected no further argument, received: {given!r}"
    known = [flag for a in parser._actions for flag in a.option_strings]
    flag = given.partition("=")[0]
    near = difflib.get_close_matches(flag, known, n=2, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"{parser.prog} has no flag {flag!r}{hint}"
