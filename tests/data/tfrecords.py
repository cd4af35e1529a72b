"""ImageNet in small, written by tensorflow-datasets as it writes it."""

import io

import numpy as np
import pytest
from PIL import Image

FILES = 10  # of each split: two groups


def jpeg(shade, height, width):
    out = io.BytesIO()
    Image.new("RGB", (width, height), (shade,) * 3).save(out, "JPEG")
    return out.getvalue()


def write(root, train=44, validation=12):
    """Image i is all of grey 5 i, and of class i."""
    tfds = pytest.importorskip("tensorflow_datasets")

    class Local(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        """Features and splits of the official builder."""

        VERSION = tfds.core.Version("5.1.0")

        def _info(self):
            features = {
                "image": tfds.features.Image(encoding_format="jpeg"),
                "label": tfds.features.ClassLabel(num_classes=1000),
                "file_name": tfds.features.Text(),
            }
            return tfds.core.DatasetInfo(
                builder=self, features=tfds.features.FeaturesDict(features)
            )

        def _split_generators(self, dl_manager):
            return {
                "train": self._generate_examples(train),
                "validation": self._generate_examples(validation),
            }

        def _generate_examples(self, n):
            rng = np.random.default_rng(n)
            for i in range(n):
                image = jpeg(5 * i, *rng.integers(40, 80, 2).tolist())
                file = f"n{i:08d}.JPEG"
                yield (
                    file,
                    {"image": io.BytesIO(image), "label": i, "file_name": file},
                )

    Local.name = "imagenet2012"
    config = tfds.download.DownloadConfig(num_shards=FILES)
    builder = Local(data_dir=str(root))
    builder.download_and_prepare(download_config=config)
    return builder
