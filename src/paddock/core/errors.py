"""Every error paddock raises on purpose.

PaddockError
├── ConfigError       a value in conf/, params.yaml or on the command line is wrong; names the key and the fix
├── DatasetError      a label line or an image breaks the data set's contract; names file and line
├── CheckpointError   weights or a training state cannot be read or do not fit; names the file
├── TrainingError     training cannot go on: no evaluation would run, the loss is not a number
├── ExportError       an exported model is not the model that was trained
├── TrackingError     the tracking store or the model registry cannot be used
└── EngineError       what an engine or PaddleOCR needs is not on this machine

The command line prints one line and exits with status 2 for all of these. Whatever else is raised is a defect of
paddock and keeps its traceback.
"""


class PaddockError(Exception):
    """A mistake or a state that the user can mend; the message says what is wrong, then what to do."""


class ConfigError(PaddockError):
    """A value in conf/, params.yaml or on the command line is wrong."""


class DatasetError(PaddockError):
    """A label line or an image breaks the data set's contract."""


class CheckpointError(PaddockError):
    """Weights or a training state cannot be read or do not fit."""


class TrainingError(PaddockError):
    """Training cannot go on."""


class ExportError(PaddockError):
    """An exported model is not the model that was trained."""


class TrackingError(PaddockError):
    """The tracking store or the model registry cannot be used."""


class EngineError(PaddockError):
    """What an engine or PaddleOCR needs is not on this machine."""
