"""What the job prints with and without a terminal."""

from __future__ import annotations

import io
import time

from jupyter_registry.demo.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_a_bar_is_two_lines_at_most():
    stream = io.StringIO()
    terminal = Terminal(stream)
    with terminal.bar("Pass", 300, "flights") as bar:
        for _ in range(300):
            bar.set_postfix_str("a day", refresh=False)
            bar.update(1)
            time.sleep(0.001)
    text = stream.getvalue()
    assert "300/300" in text
    assert text.count("\r") <= 2
    assert text.endswith("\n")


def test_a_terminal_sees_the_bar_move():
    screen = Screen()
    with Terminal(screen).bar("Pass", 100, "flights") as bar:
        for _ in range(10):
            bar.update(10)
            time.sleep(0.06)
    assert screen.getvalue().count("\r") >= 3


def test_steps_are_lines():
    stream = io.StringIO()
    with Terminal(stream).step("Train"):
        pass
    assert stream.getvalue().startswith("Train ")
    assert stream.getvalue().endswith("s\n")
    assert stream.getvalue().count("\n") == 1
