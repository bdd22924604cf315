"""The collector of garbage waits inside, and is afterwards as it was."""

from __future__ import annotations

import gc
import threading

import pytest

from jupyter_registry.client.garbage import uncollected


def test_the_collector_waits_until_the_last_one_is_out() -> None:
    assert gc.isenabled()
    both, one_out = threading.Barrier(2, timeout=20), threading.Event()

    def other() -> None:
        with uncollected():
            both.wait()
        one_out.set()

    thread = threading.Thread(target=other)
    thread.start()
    with uncollected():
        both.wait()
        assert one_out.wait(20)
        assert not gc.isenabled()
    thread.join()
    assert gc.isenabled()


def test_it_is_enabled_again_after_an_error() -> None:
    with pytest.raises(ValueError), uncollected():
        raise ValueError
    assert gc.isenabled()


def test_who_has_disabled_it_finds_it_disabled() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
