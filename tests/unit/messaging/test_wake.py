import threading

from shared.messaging.wake import Wake


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
