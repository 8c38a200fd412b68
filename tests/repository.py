"""Where this repository is, for tests that read its own conf/, params.yaml and dvc.yaml."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
