import dataclasses

from kerassnn.data.constants import CONSTANTS
from kerassnn.data.constants import SHAPES
from kerassnn.training.classification_config import ClassificationConfig


@dataclasses.dataclass(frozen=True)
class ImageConfig(ClassificationConfig):
    """What a recipe of image classification can be given.

    Args, besides those of `ClassificationConfig`:
        dataset: An image set of `kerassnn.data.NAMES`.
        crop: Pixels of padding that a window is cut from, 0 for none.
        pad: `"reflect"` or `"zeros"`.
        policy: `"auto"` for AutoAugment, `"rand"` for RandAugment, or `""`.
    """

    dataset: str = "cifar10"
    crop: int = 4
    pad: str = "reflect"

    LIMITED = {**ClassificationConfig.LIMITED, "crop": ">= 0"}
    CHOICES = {
        **ClassificationConfig.CHOICES,
        "dataset": tuple(CONSTANTS),
        "pad": ("reflect", "zeros"),
        "policy": ("", "auto", "rand"),
    }

    @property
    def classes(self) -> int:
        """Of the data set."""
        return CONSTANTS[self.dataset]["classes"]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(H, W, C) of an image."""
        return SHAPES[self.dataset]
