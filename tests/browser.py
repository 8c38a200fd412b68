"""A browser without a window, for tests of what people open in one."""

import shutil
import subprocess
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in _NAMES if (found := shutil.which(name))), None)

needs_browser = pytest.mark.skipif(BROWSER is None, reason=f"none of {', '.join(_NAMES)} is installed")


def opened(page: Path, profile: Path) -> str:
    """The document that the browser makes of a file, as HTML.

    Args:
        profile: an empty folder for what the browser keeps.
    """
    assert BROWSER is not None
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--dump-dom"]
    done = subprocess.run([*command, page.resolve().as_uri()], capture_output=True, check=True, timeout=120)
    return done.stdout.decode("utf-8")
