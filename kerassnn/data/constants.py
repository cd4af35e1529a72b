"""What belongs to each image set: classes, scale, mean and deviation."""

_CIFAR10 = (
    "airplane automobile bird cat deer dog frog horse ship truck"
).split()
_CIFAR100 = (
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl "
    "boy bridge bus butterfly camel can castle caterpillar cattle chair "
    "chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur "
    "dolphin elephant flatfish forest fox girl hamster house kangaroo "
    "keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree "
    "motorcycle mountain mouse mushroom oak_tree orange orchid otter "
    "palm_tree pear pickup_truck pine_tree plain plate poppy porcupine "
    "possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk "
    "skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper "
    "table tank telephone television tiger tractor train trout tulip turtle "
    "wardrobe whale willow_tree wolf woman worm"
).split()
_FASHION = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_DIGITS = tuple("0123456789")

# (H, W, C) of an image.
SHAPES = {
    "digits": (8, 8, 1),
    "cifar10": (32, 32, 3),
    "cifar100": (32, 32, 3),
    "mnist": (28, 28, 1),
    "fashion_mnist": (28, 28, 1),
    "tinyimagenet": (64, 64, 3),
}
# Mean and standard deviation of the training images on the unit scale.
CONSTANTS = {
    "digits": {
        "classes": 10,
        "scale": 16.0,
        "mean": (0.3053,),
        "std": (0.3761,),
        "class_names": _DIGITS,
        "split": "80 to 20 %, stratified, seed 0",
    },
    "cifar10": {
        "classes": 10,
        "scale": 255.0,
        "mean": (0.4914, 0.4822, 0.4465),
        "std": (0.2470, 0.2435, 0.2616),
        "class_names": tuple(_CIFAR10),
    },
    "cifar100": {
        "classes": 100,
        "scale": 255.0,
        "mean": (0.5071, 0.4867, 0.4408),
        "std": (0.2675, 0.2565, 0.2761),
        "class_names": tuple(_CIFAR100),
    },
    "mnist": {
        "classes": 10,
        "scale": 255.0,
        "mean": (0.1307,),
        "std": (0.3081,),
        "class_names": _DIGITS,
    },
    "fashion_mnist": {
        "classes": 10,
        "scale": 255.0,
        "mean": (0.2860,),
        "std": (0.3530,),
        "class_names": _FASHION,
    },
    # As usually given for this set; the names come from its archive.
    "tinyimagenet": {
        "classes": 200,
        "scale": 255.0,
        "mean": (0.4802, 0.4481, 0.3975),
        "std": (0.2770, 0.2691, 0.2821),
        "class_names": (),
        "split": "official; its validation images are for testing, since "
        "the labels of its test images are not public",
    },
}
# Sets that are never in memory as a whole; mean and deviation as usually
# given.
STREAMED = {
    "imagenet2012": {
        "classes": 1000,
        "scale": 255.0,
        "mean": (0.485, 0.456, 0.406),
        "std": (0.229, 0.224, 0.225),
    },
}
