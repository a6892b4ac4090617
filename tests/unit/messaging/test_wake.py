import subprocess
import sys
import threading
from pathlib import Path

from shared.messaging.wake import Wake

ROOT = Path(__file__).resolve().parents[3]


def test_many_settings_wake_once():
    wake = Wake()
    for _ in range(100_000):
        wake.set()
    assert wake.wait(1)
    assert wake.wait(1) in {True, False}
    while wake.wait(0):
        pass
    assert not wake.wait(0)
    wake.close()


def test_it_wakes_across_threads_at_once():
    wake = Wake()
    heard = threading.Event()
    thread = threading.Thread(target=lambda: heard.set() if wake.wait(10) else None)
    thread.start()
    wake.set()
    assert heard.wait(5)
    thread.join()
    wake.close()


def test_after_close_setting_does_nothing():
    wake = Wake()
    wake.close()
    wake.set()


GREEN = """
import eventlet
eventlet.monkey_patch()
from shared.messaging.wake import Wake
wake, failed = Wake(), []
def set_it():
    try:
        wake.set()
    except Exception as error:
        failed.append(error)
pool = eventlet.GreenPool(300)
for _ in range(300):
    pool.spawn_n(set_it)
pool.waitall()
assert wake.wait(1) and not failed, failed[:1]
"""


def test_hundreds_of_green_threads_may_set_it_at_the_same_moment():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREEN], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
