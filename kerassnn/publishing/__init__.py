"""From finished runs to entries of the zoo, their READMEs and tables."""

from typing import TYPE_CHECKING

from kerassnn.lazy import attach

if TYPE_CHECKING:
    from kerassnn.publishing.entry import publish
    from kerassnn.publishing.pages.website import site
    from kerassnn.publishing.pushing import push
    from kerassnn.publishing.tables import results

__all__ = ["publish", "push", "results", "site"]
# The tables are text, made of cards without Keras.
__getattr__, __dir__ = attach(
    __name__,
    {
        "publish": "kerassnn.publishing.entry",
        "push": "kerassnn.publishing.pushing",
        "results": "kerassnn.publishing.tables",
        "site": "kerassnn.publishing.pages.website",
    },
)
