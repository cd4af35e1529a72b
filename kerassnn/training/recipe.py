import dataclasses
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kerassnn.training import classification
from kerassnn.training.config import Config
from kerassnn.training.overrides import given
from kerassnn.training.recipe_file import read_recipe_file


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A recipe file, read: `load_recipe` makes it.

    Args:
        name: The file's name without its ending.
        folder: The file's folder.
        source: The file's text.
        doc: Its header.
        config: Its `CONFIG`.
        student: Its `student(config) -> Builder`: what is trained.
        method: Its `method(config, student, teacher) -> Distiller`, for
            `classification.build`.
        build: Its `build(config) -> (distiller, data)`, or that one.
        variants: Its `VARIANTS`, {data set: {field: value}}: what differs
            from `CONFIG`. Without them it is of one data set.
        small: Its `SMOKE`, {field: value}: the same training shrunk to
            seconds.
        methods: Its `METHODS`, names that its config's field `method` may
            take, or {data set: such names}, where it has them.
        needs_teacher: Its `needs_teacher(config) -> bool`; without it, any
            spiking student does.
        teacher: Its `teacher(config) -> Builder` of an untrained teacher;
            without it, the ANN with the student's body.
    """

    name: str
    folder: Path
    source: str
    doc: str
    config: Config
    student: Callable
    method: Callable | None = None
    build: Callable | None = None
    variants: dict = dataclasses.field(default_factory=dict)
    small: dict = dataclasses.field(default_factory=dict)
    methods: tuple | dict = ()
    needs_teacher: Callable | None = None
    teacher: Callable | None = None

    def __post_init__(self):
        def set_default(name, function):
            if getattr(self, name) is None:
                object.__setattr__(self, name, function)

        set_default("build", lambda cfg: classification.build(cfg, self))
        set_default("needs_teacher", lambda cfg: cfg.timesteps > 0)
        set_default(
            "teacher", lambda cfg: classification.ann_of(self.student(cfg))
        )

    def configure(
        self,
        overrides: Mapping | Sequence[str] | None = None,
        smoke: bool = False,
    ) -> Config:
        """The config of one training.

        `CONFIG`, then what the data set's variant changes, then `SMOKE` if
        wanted, then the overrides.

        Args:
            overrides: `{field: value}` or list of `"--field=value"`.
            smoke: Whether to shrink it.

        Raises:
            ValueError: if an override is wrong, or the recipe has no variant
                for the data set.
        """
        changes = given(self.config, overrides)
        small = self.small if smoke else {}
        values = {**small, **changes}
        if self.variants:
            dataset = values.get("dataset", self.config.dataset)
            if dataset not in self.variants:
                raise ValueError(
                    f"expected a dataset of {self.name}, one of "
                    f"{sorted(self.variants)}, received: dataset={dataset!r}"
                )
            values = {**self.variants[dataset], **values}
        return dataclasses.replace(self.config, **values)

    def methods_of(self, config: Config) -> tuple[str, ...]:
        """The names that `method` may take, on the config's data set."""
        if isinstance(self.methods, dict):
            return tuple(self.methods[config.dataset])
        return tuple(self.methods)

    def run_name(self, config: Config) -> str:
        """The name of a run's folder: with the data set, if there are more."""
        return f"{self.name}_{config.dataset}" if self.variants else self.name


def load_recipe(path: Recipe | str | Path) -> Recipe:
    """Reads a recipe from its Python file.

    Args:
        path: Path of the file. A `Recipe` is returned as it is.

    Raises:
        ValueError: if there is no such file, or if it lacks `CONFIG`,
            `student`, or both of `method` and `build`.
    """
    if isinstance(path, Recipe):
        return path
    path = Path(path)
    return recipe_of(path, *read_recipe_file(path))


def recipe_of(path: Path, source: str, found: dict[str, Any]) -> Recipe:
    """A recipe from what its file defines.

    Args:
        path: Path of the file.
        source: String, its text.
        found: Dict name -> value.
    """
    own = ("student", "method", "build", "needs_teacher", "teacher")
    return Recipe(
        name=path.stem,
        folder=path.resolve().parent,
        source=source,
        doc=found["__doc__"] or "",
        config=found["CONFIG"],
        variants=found.get("VARIANTS", {}),
        small=found.get("SMOKE", {}),
        methods=found.get("METHODS", ()),
        **{key: found[key] for key in own if key in found},
    )
