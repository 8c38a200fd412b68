"""Data go to a DVC remote and come back: a folder, and a bucket of a local S3 server. DVC is the real one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from paddock.cli import main
from paddock.core.files import sha256_folder
from tests.prepared_texts import write_texts

pytestmark = pytest.mark.slow

BUCKET = "paddock"
DATA = Path("data/prepared/mine")


def run(*command: str) -> None:
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def dvc(*words: str) -> None:
    run(sys.executable, "-m", "dvc", *words)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an S3 server on this machine, with a bucket; its key is in the environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host.replace('0.0.0.0', '127.0.0.1')}:{port}"
    try:
        boto3.client("s3", endpoint_url=address).create_bucket(Bucket=BUCKET)
        yield address
    finally:
        server.stop()


@pytest.fixture
def project(checkout: Path) -> Path:
    """A project under git and DVC."""
    run("git", "init", "-q")
    dvc("init")
    return checkout


def push_two_versions() -> None:
    """Commit and push a data set, and another version of it with a text more."""
    for test in ("D", "DE"):
        shutil.rmtree("data", ignore_errors=True)
        write_texts(DATA, {"train": "AB", "val": "C", "test": test})
        dvc("add", str(DATA))
        run("git", "add", "-A")
        run("git", "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", "state")
        dvc("push")


def lose_and_pull() -> None:
    """Forget data and cache, and fetch them from the remote."""
    shutil.rmtree(DATA)
    shutil.rmtree(".dvc/cache")
    dvc("pull")


def test_data_come_back_from_a_folder(project: Path, tmp_path: Path) -> None:
    dvc("remote", "add", "--default", "store", str(tmp_path / "shared disk"))
    push_two_versions()
    before = sha256_folder(DATA)
    lose_and_pull()
    assert sha256_folder(DATA) == before


def test_data_come_back_from_s3_and_versions_are_compared_from_there(
    project: Path, endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dvc("remote", "add", "--default", "store", f"s3://{BUCKET}/data")
    dvc("remote", "modify", "store", "endpointurl", endpoint)
    push_two_versions()
    before = sha256_folder(DATA)
    lose_and_pull()
    assert sha256_folder(DATA) == before
    shutil.rmtree(".dvc/cache")
    assert main(["compare", "HEAD~1", "HEAD", "dataset.name=mine"]) == 0
    assert "rec: 1 added (test 1); 4 of 5 as they were" in capsys.readouterr().out
