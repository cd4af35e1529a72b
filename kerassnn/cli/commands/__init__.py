"""The commands, in the order in which they are shown."""

from kerassnn.cli.commands.comparing import COMPARE
from kerassnn.cli.commands.evaluating import EVALUATE
from kerassnn.cli.commands.exporting import EXPORT
from kerassnn.cli.commands.information import INFO
from kerassnn.cli.commands.listing import LIST
from kerassnn.cli.commands.presenting import SITE
from kerassnn.cli.commands.publishing import PUBLISH
from kerassnn.cli.commands.studying import STUDY
from kerassnn.cli.commands.training import TRAIN
from kerassnn.cli.commands.verifying import VERIFY

__all__ = [
    "COMMANDS",
    "COMPARE",
    "EVALUATE",
    "INFO",
    "LIST",
    "PUBLISH",
    "SITE",
    "STUDY",
    "TRAIN",
    "VERIFY",
]
COMMANDS = {
    command.name: command
    for command in (
        LIST,
        INFO,
        EVALUATE,
        VERIFY,
        TRAIN,
        COMPARE,
        STUDY,
        PUBLISH,
        EXPORT,
        SITE,
    )
}
