import dataclasses

from kerassnn.data import Records
from kerassnn.data.constants import STREAMED
from kerassnn.training.classification_config import ClassificationConfig


@dataclasses.dataclass(frozen=True)
class RecordsConfig(ClassificationConfig):
    """What a recipe can be given whose images are streamed from records.

    The images of the split `validation` are for testing, as those of the
    split `test` have no public labels: none are held out.

    Args, besides those of `ClassificationConfig`:
        dataset: `"imagenet2012"`.
        size: Side of an image in pixels.
        smallest: Least share of its area that is cut out for training.
    """

    dataset: str = "imagenet2012"
    size: int = 224
    smallest: float = 0.08

    # What `kerassnn.data.Records` does not do.
    UNUSED = ("validation", "train_examples", "policy", "cutout")
    UNUSED += ("teacher_logits",)
    LIMITED = {
        **ClassificationConfig.LIMITED,
        "size": "> 0",
        "smallest": "> 0",
    }
    CHOICES = {**ClassificationConfig.CHOICES, "dataset": tuple(STREAMED)}

    @property
    def classes(self) -> int:
        """Of the data set."""
        return STREAMED[self.dataset]["classes"]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(H, W, C) of an image."""
        return (self.size, self.size, 3)

    def records(self, part: str) -> Records:
        """The images of `"train"`, shuffled and augmented, or of `"test"`."""
        training = part == "train"
        return Records(
            self.dataset,
            "train" if training else "validation",
            self.batch_size,
            data_dir=self.data_dir or None,
            size=self.size,
            augment=training,
            smallest=self.smallest,
            flip=self.flip,
            shuffle=training,
            drop_remainder=training,
            seed=self.seed,
            workers=self.workers,
        )
