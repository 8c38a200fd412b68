import gc
import subprocess
import sys

import psutil

from paddock.core.processes import collector_paused

PARENT = """
import multiprocessing, time
from paddock.core.processes import end_with_parent

def wait():
    end_with_parent()
    print(multiprocessing.current_process().pid, flush=True)
    time.sleep(60)

if __name__ == "__main__":
    multiprocessing.get_context("fork").Process(target=wait).start()
    time.sleep(60)
"""


def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        assert child.wait(timeout=10) is None
        assert not child.is_running()


def test_the_collector_goes_on_after_a_pause_and_not_before_the_outer_one_ends() -> None:
    with collector_paused():
        assert not gc.isenabled()
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
