"""What is known of event sets before their files are read."""

from kerassnn.data.constants import CONSTANTS
from kerassnn.data.constants import SHAPES
from kerassnn.data.events.sets import SETS
from kerassnn.data.events.simulated import SUFFIX
from kerassnn.data.events.simulation import SPARE


def event_sets():
    """Dict of names to (classes, (H, W, C) of a frame at full size).

    Without N-Caltech101, whose classes are the folders that are there.
    """
    found = {
        name: (len(set_.CLASSES), (set_.HEIGHT, set_.WIDTH, set_.CHANNELS))
        for name, set_ in SETS.items()
        if set_.CLASSES is not None
    }
    for name, (side, _, _) in SHAPES.items():
        shape = (side + SPARE, side + SPARE, 2)
        found[name + SUFFIX] = (CONSTANTS[name]["classes"], shape)
    return found
