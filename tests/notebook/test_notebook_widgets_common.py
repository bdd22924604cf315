"""Notices, fields, questions, the namespace and what a reader without a kernel sees."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_registry.domain.errors import InvalidInput, ModelFailed
from jupyter_registry.notebook.widgets.background import Background, Cancelled
from jupyter_registry.notebook.widgets.common import (
    BUSY,
    Notice,
    Panel,
    button,
    confirmed,
    guarded,
    namespace_values,
)
from jupyter_registry.notebook.widgets.fields import Field, Fields
from jupyter_registry.notebook.widgets.markup import table


def test_notice_shows_what_to_do_and_escapes() -> None:
    notice = Notice()
    assert notice.layout.display == "none"
    notice.error(InvalidInput("No <b>.", advice="Give <i>."))
    assert 'role="alert"' in notice.value
    assert "Invalid input." in notice.value
    assert "No &lt;b&gt;." in notice.value
    assert "Give &lt;i&gt;." in notice.value
    assert notice.layout.display is None
    notice.clear()
    assert notice.value == ""


def test_notice_shows_a_models_traceback_folded() -> None:
    notice = Notice()
    notice.error(ModelFailed("It failed.", fields={"traceback": "line <1>"}))
    assert "<details>" in notice.value
    assert "line &lt;1&gt;" in notice.value


def test_unknown_errors_are_shown_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    notice, one = Notice(), widgets.Button()
    with caplog.at_level(logging.ERROR), guarded(notice, one):
        assert BUSY in one._dom_classes
        assert not one.disabled  # it would lose the focus
        raise ZeroDivisionError("by <nought>")
    assert "ZeroDivisionError" in notice.value
    assert "by &lt;nought&gt;" in notice.value
    assert "by <nought>" in caplog.text
    assert BUSY not in one._dom_classes


def test_an_interrupt_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt), guarded(Notice()):
        raise KeyboardInterrupt


def test_errors_stand_next_to_their_fields() -> None:
    fields = Fields({"target_name": "target"}, target=Field("Target", widgets.Text(), "A hint."))
    assert fields["target"].input.description == "Target"
    notice = Notice()
    with guarded(notice, fields=fields):
        raise InvalidInput("A target needs a name.", fields={"target_name": "missing"})
    note = fields["target"]._note
    assert "A target needs a name." in note.value
    assert 'role="alert"' in note.value
    fields.clear()
    assert "A hint." in note.value
    assert not fields.show(InvalidInput("Other.", fields={"elsewhere": "x"}))


def test_what_destroys_asks_first() -> None:
    done: list[str] = []
    button = widgets.Button(description="Archive")
    box = confirmed(button, lambda: "Really?", lambda: done.append("archived"))
    button.click()
    question, yes, no = box.children
    assert "Really?" in question.value
    assert yes.description == "Yes, archive"
    no.click()
    assert box.children == (button,)
    assert done == []
    button.click()
    yes.click()
    assert done == ["archived"]
    assert box.children == (button,)


def test_the_namespaces_tables_and_fitted_models(shell: Any) -> None:
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0, 1, 1]})
    fitted = LogisticRegression().fit(frame[["x"]], frame["y"])
    shell.user_ns.update(
        frame=frame,
        polar=pl.DataFrame({"x": [1]}),
        arrow=pa.table({"x": [1]}),
        _hidden=frame,
        array=np.zeros(3),
        fitted=fitted,
        unfitted=LogisticRegression(),
        piped=make_pipeline(StandardScaler(), LogisticRegression()).fit(frame[["x"]], frame["y"]),
        kind=LogisticRegression,
    )
    assert set(namespace_values("table")) == {"frame", "polar", "arrow"}
    assert set(namespace_values("model")) == {"fitted", "piped"}


def test_without_a_kernel_there_is_a_text_and_a_table() -> None:
    bundle = Panel()._repr_mimebundle_()
    assert bundle["text/html"] == "<p>Panel</p>"
    assert bundle["text/plain"] == "Panel"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_table_escapes_and_aligns_numbers() -> None:
    html = table(("name", "value"), [("<a>", 1.5), ("b", None)])
    assert "&lt;a&gt;" in html
    assert "<td class=jr-num>1.5</td>" in html


def test_work_in_the_background_tells_and_ends() -> None:
    told: list[Any] = []

    def work(this: Background) -> str:
        this.tell(lambda: told.append("half"))
        return "done"

    Background(work, told.append, told.append).wait(10)
    assert told == ["half", "done"]

    def stopped(this: Background) -> None:
        this.cancel()
        this.check()

    Background(stopped, told.append, told.append).wait(10)
    assert isinstance(told[-1], Cancelled)


def test_importing_the_notebooks_widgets_brings_no_pandas_or_sklearn() -> None:
    code = (
        "import sys\n"
        "from jupyter_registry.notebook import *\n"
        "DeployForm, DeploymentCard, PackageForm, RegistryBrowser, ReplaceForm\n"
        "print([n for n in ('pandas', 'sklearn', 'matplotlib', 'polars') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_two_threads_take_turns() -> None:
    inside: list[str] = []
    seen: list[list[str]] = []

    def act(name: str) -> None:
        with guarded(Notice()):
            inside.append(name)
            time.sleep(0.05)
            seen.append(list(inside))
            inside.remove(name)

    threads = [threading.Thread(target=act, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [["a"], ["b"]]


def test_news_of_work_arrive_although_its_loop_has_closed() -> None:
    told: list[Any] = []
    go = threading.Event()

    async def start() -> Background:
        return Background(lambda _: go.wait(10), told.append, told.append)

    work = asyncio.run(start())  # closes the loop, as a subshell's when its page is left
    go.set()
    work._thread.join(10)
    assert told == [True]


def test_a_click_that_overtakes_a_value_acts_on_the_value() -> None:
    """ipykernel may handle the click on a button before what was typed just before it."""
    name, seen = widgets.Text(), []
    named = button("Register", lambda: seen.append(name.value))
    asked = confirmed(widgets.Button(description="Delete"), "Sure?", lambda: seen.append("deleted"))

    async def overtaken() -> None:
        named.click()
        asyncio.get_running_loop().call_soon(setattr, name, "value", "churn")
        await asyncio.sleep(0.2)
        asked.children[0].click()
        await asyncio.sleep(0.2)
        asked.children[1].click()
        await asyncio.sleep(0.2)

    asyncio.run(overtaken())
    assert seen == ["churn", "deleted"]


def test_a_page_gets_the_style_sheet_once_and_again_when_loaded_anew(kernel: Any) -> None:
    kernel.ok("from jupyter_registry.notebook.widgets.style import style_sheet")
    kernel.ok("before = style_sheet()")
    assert kernel.value("style_sheet() is before") == "True"
    kernel.load_page_anew()
    assert kernel.value("style_sheet() is before") == "False"
    kernel.ok("anew = style_sheet()")
    assert kernel.value("style_sheet() is anew and anew.value == before.value") == "True"
