"""Types and rules of paddock's own keys; the values stand in conf/ and params.yaml.

PaddleOCR's sections (upper case) stay the nested dicts of PaddleOCR's own YAML files: that file is the contract.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from paddock.core.errors import ConfigError

SECTIONS = ("Global", "Architecture", "Loss", "Optimizer", "PostProcess", "Metric", "Train", "Eval")
"""The sections of a PaddleOCR config, in PaddleOCR's order."""


class OnError(Enum):
    """What happens to a label line that cannot be used."""

    stop = "stop"
    drop = "drop"
    repair = "repair"


class Difficult(Enum):
    """What a region is that PPOCRLabel marks as difficult."""

    keep = "keep"
    ignore = "ignore"
    drop = "drop"


class Device(Enum):
    """Where tensors live, by PaddleOCR's names."""

    cpu = "cpu"
    gpu = "gpu"


class Store(Enum):
    """Where MLflow keeps runs and models."""

    local = "local"
    server = "server"
    off = "off"


@dataclass(kw_only=True)
class SplitConfig:
    """Shares of the three splits; they add up to 1. What lists name goes by them instead."""

    train: float
    val: float
    test: float
    by_file: bool
    """Pictures of label files that are called after val or test go there, as in ``rec_gt_test.txt``."""
    val_list: str | None
    """File that names the pictures of val, one a line; then val has those and no other."""
    test_list: str | None
    """The same for test."""

    @property
    def lists(self) -> dict[str, str]:
        """Split -> file, for those that have one."""
        return {name: path for name, path in (("val", self.val_list), ("test", self.test_list)) if path}

    def __post_init__(self) -> None:
        shares = (self.train, self.val, self.test)
        if min(shares) <= 0 or abs(sum(shares) - 1) > 1e-6:
            raise ConfigError(
                f"dataset.split is train={self.train}, val={self.val}, test={self.test}: each share must be above 0 "
                "and together they must be 1. For example dataset.split.train=0.8 .val=0.1 .test=0.1."
            )


@dataclass(kw_only=True)
class SampleConfig:
    """What the built-in renderer draws; read by ``dataset.format=sample`` only."""

    num_pages: int
    """All splits together; a page has 21 lines on average."""
    num_tables: int
    """All splits together; a table has 12 cells on average. 0 draws none."""

    def __post_init__(self) -> None:
        if min(self.num_pages, self.num_tables) < 0:
            raise ConfigError("dataset.sample.num_pages and dataset.sample.num_tables must be 0 or more.")


@dataclass(kw_only=True)
class DatasetConfig:
    """Where the raw data is, what format it has, how it is split."""

    name: str
    """Folder below data/prepared/."""
    format: str
    """A reader of paddock.data.formats, or ``sample``."""
    raw: str | None
    """The annotators' folder."""
    label_files: list[str]
    """Label files relative to ``raw``; empty means the format's own names."""
    split: SplitConfig
    group_pattern: str
    """Regular expression searched in an image's file name; its first group names what must not straddle splits: the
    source picture of a crop, the document of a page."""
    on_error: OnError
    """Of pages and crops: ``stop`` refuses the data set at the first problem, ``drop`` leaves the sample out and counts
    it, ``repair`` mends in memory what can be mended without a guess and drops the rest."""
    max_dropped: float
    """Largest share of lines and boxes, 0 to 1, that ``drop`` and ``repair`` may leave out because they cannot be used;
    above it the data set is refused."""
    max_refused_tables: float
    """Largest share of tables, 0 to 1, that may be left out because their label contradicts itself or their picture;
    above it the data set is refused."""
    max_table_tokens: int
    """Structure tokens of a table, a cell without span counted once; a longer table is refused."""
    difficult: Difficult
    """``keep`` takes difficult text as any other, ``ignore`` neither learns nor scores it, ``drop`` leaves it out."""
    loose_crops: int
    """Crops that are cut for training from each box, each a little looser or tighter, as a detector would draw it; 0
    cuts one along the box itself, as validation and test always have it."""
    dictionary: str | None
    """Given character dictionary, one character a line; null builds one from the labels."""
    ascii_names: bool
    """Give prepared images names of ASCII characters, for tools that know no others; names.csv says which is which."""
    sample: SampleConfig

    def __post_init__(self) -> None:
        if self.loose_crops < 0:
            raise ConfigError(f"dataset.loose_crops is {self.loose_crops}: it must be 0, or how many cuts of each box.")
        for name in ("max_dropped", "max_refused_tables"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"dataset.{name} is {getattr(self, name)}: it is a share, from 0 (none) to 1 (any).")
        if self.max_table_tokens < 1:
            raise ConfigError(f"dataset.max_table_tokens is {self.max_table_tokens}: it must be 1 or more.")


@dataclass(kw_only=True)
class HardwareConfig:
    """Devices and threads."""

    device: Device
    num_devices: int
    """Processes on this machine that train together, one a device."""
    num_nodes: int
    """Machines that train together."""
    master: str | None
    """host:port of the first machine, needed with more than one."""
    threads: int
    """Threads of one process for linear algebra; 0 means all cores."""
    accelerate: bool
    """Compute networks with oneDNN on a CPU, several times faster than Paddle does; see paddock.accelerate."""

    def __post_init__(self) -> None:
        if self.num_devices < 1 or self.num_nodes < 1:
            raise ConfigError("hardware.num_devices and hardware.num_nodes must be 1 or more.")
        if self.num_nodes > 1 and not self.master:
            raise ConfigError("hardware.num_nodes is above 1: set hardware.master=HOST:PORT of the first machine.")


@dataclass(kw_only=True)
class EngineConfig:
    """Who trains."""

    name: str


@dataclass(kw_only=True)
class TrackingConfig:
    """Where runs are recorded."""

    store: Store
    uri: str | None
    """MLflow tracking URI; null means MLFLOW_TRACKING_URI, else sqlite in mlruns/."""
    experiment: str
    run_name: str | None
    """Null makes one from model and data set."""
    system_metrics: bool
    """Record CPU, memory and GPU use under ``system/``."""

    def __post_init__(self) -> None:
        if self.uri and urlsplit(self.uri).password:
            raise ConfigError(
                "tracking.uri holds a password, and the config is stored with every run. "
                "Set MLFLOW_TRACKING_URI, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, instead."
            )


@dataclass(kw_only=True)
class TrainingConfig:
    """What PaddleOCR's ``Global`` has no key for."""

    patience: int | None
    """Evaluations without a better best before training stops; null never stops early."""
    min_delta: float
    """How much better the main indicator must be to count as better."""
    time_limit_min: float | None
    """Training stops, evaluated and saved, after so many minutes."""
    keep_checkpoints: int
    """How many ``iter_epoch_N`` checkpoints stay on disk."""
    min_matched_ratio: float
    """Share of the network's values that ``Global.pretrained_model`` must fill, else training refuses to start."""
    pretrained_dictionary: str | None
    """What the classes of ``Global.pretrained_model`` mean; null takes the dict.txt beside it, if there is one."""
    mix: dict[str, float]
    """Other prepared data sets that are learnt beside ``dataset``: name -> share of its training samples, above 0 and
    up to 1, that an epoch takes."""
    gallery_size: int
    """Worst validation samples that are drawn."""

    def __post_init__(self) -> None:
        for name, share in self.mix.items():
            if not 0 < share <= 1:
                raise ConfigError(f"training.mix.{name} is {share}: it is the share of the set, above 0 and up to 1.")


@dataclass(kw_only=True)
class TestConfig:
    """The split that ``paddock eval`` scores; PaddleOCR has no section for it."""

    __test__ = False  # the name starts like a pytest class

    data_dir: str
    label_file_list: list[str]


@dataclass(kw_only=True)
class ExportConfig:
    """How an exported model is named and held against the trained one."""

    model_name: str
    """Registered name under which paddleocr 3.x loads the package."""
    parity_samples: int
    """Real validation images on which both are compared."""
    tolerance: float
    """Largest allowed difference of a probability."""
    min_same_boxes: float
    """Share of the boxes that a detector must find in both forms, to within 0.95 of their union."""


@dataclass(kw_only=True)
class RegistryConfig:
    """Where deployment finds models."""

    model: str
    """Registered model in MLflow."""
    alias: str
    """Alias that ``paddock predict`` pulls."""


@dataclass(kw_only=True)
class Config:
    """One composed experiment: PaddleOCR's sections and paddock's own keys."""

    Global: dict[str, Any]
    Architecture: dict[str, Any]
    Loss: dict[str, Any]
    Optimizer: dict[str, Any]
    PostProcess: dict[str, Any]
    Metric: dict[str, Any]
    Train: dict[str, Any]
    Eval: dict[str, Any]
    test: TestConfig
    task: str
    """``rec``, ``det`` or ``table``: an entry of paddock.ocr.tasks."""
    model_name: str
    """The chosen file of conf/model/, for names and tags."""
    paddleocr_config: str
    """The PaddleOCR config that this model stands for."""
    seed: int
    prepared_dir: str
    output_dir: str
    """Parent of train/, eval/ and export/."""
    metrics_dir: str
    """Where the small metric files go that git keeps."""
    dataset: DatasetConfig
    hardware: HardwareConfig
    engine: EngineConfig
    tracking: TrackingConfig
    training: TrainingConfig
    export: ExportConfig
    registry: RegistryConfig
