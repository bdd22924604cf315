"""The sidebar's lists: found, narrowed down, followed as they change, acted on, dragged from."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.lab import Lab
from tests.browser.samples import FEATURES, as_code, churn_model, visits


def _external(registry: Registry, name: str, **more: Any) -> Any:
    return registry.register(
        name, target="left", target_type="binary", class_labels=["no", "yes"],
        location="https://models.example/left", progress=False, **more,
    )  # fmt: skip


def test_lists_are_searched_and_narrowed_down(
    registry: Registry, sidebar: Any, page: Any, tmp_path: Path
) -> None:
    old = _external(registry, "find-a", tags={"team": "risk"})
    old.set_alias("champion")
    _external(registry, "find-a", tags={"team": "risk"})
    _external(registry, "find-b", tags={"team": "sales"}).deploy("find-eu", importance="critical")
    packages = sidebar.get_by_role("region", name="Packages")
    search = packages.get_by_role("searchbox")
    search.fill("find-")
    expect(packages.get_by_text("2 found")).to_be_visible()
    rows = packages.get_by_role("listbox", name="Packages").get_by_role("option")
    expect(rows).to_have_count(2)
    # the latest version alone, with the aliases of the others
    expect(rows.filter(has_text="find-a/2")).to_contain_text("@champion/1")
    expect(rows.filter(has_text="find-b/1")).to_contain_text("deployed")

    packages.get_by_role("button", name="Filters and order").click()
    packages.get_by_label("Tag").fill("team:risk")
    expect(packages.get_by_text("1 found")).to_be_visible()
    expect(rows).to_have_text(["find-a/2externalleft@champion/1"])
    packages.get_by_label("Versions").select_option("all")
    expect(rows).to_have_count(2)
    packages.get_by_label("Order", exact=True).select_option("created_at")
    expect(rows.first).to_contain_text("find-a/1")
    page.screenshot(path=str(tmp_path / "filters.png"))
    packages.get_by_label("Kind").select_option("custom")
    expect(packages.get_by_text("Nothing matches.")).to_be_visible()
    page.screenshot(path=str(tmp_path / "nothing.png"))
    packages.get_by_role("button", name="Clear filters").first.click()
    expect(search).to_have_value("")
    expect(search).to_be_focused()
    expect(rows.first).to_be_visible()

    deployments = sidebar.get_by_role("region", name="Deployments")
    deployments.get_by_role("button", name="Filters and order").click()
    deployments.get_by_label("Importance", exact=True).select_option("critical")
    found = deployments.get_by_role("listbox", name="Deployments").get_by_role("option")
    expect(found).to_have_count(1)
    deployments.get_by_label("Drift", exact=True).select_option("failing")
    expect(deployments.get_by_text("Nothing matches.")).to_be_visible()
    report = Axe().run(page, context="#jupyter-registry-sidebar")
    assert report.violations_count == 0, report.generate_report()

    # what was chosen is there when the section is unfolded again, and after a reload
    deployments.get_by_role("button", name="Deployments").click()
    expect(deployments.get_by_role("searchbox")).to_have_count(0)
    deployments.get_by_role("button", name="Deployments").click()
    expect(deployments.get_by_label("Importance", exact=True)).to_have_value("critical")
    page.wait_for_timeout(1500)  # Lab saves its state a moment later
    page.goto(page.url.split("?")[0])
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')")
    expect(deployments.get_by_label("Importance", exact=True)).to_have_value("critical")
    deployments.get_by_role("button", name="Clear filters").first.click()
    deployments.get_by_role("button", name="Filters and order").click()
    packages.get_by_role("button", name="Filters and order").click()
    packages.get_by_role("searchbox").fill("")
    expect(found.first).to_be_visible()


def test_changes_made_elsewhere_show_within_a_second(
    registry: Registry, sidebar: Any, page: Any
) -> None:
    for number in range(30):
        _external(registry, f"live-{number:02d}")
    packages = sidebar.get_by_role("listbox", name="Packages")
    expect(packages.get_by_role("option", name="live-29/1")).to_be_visible()

    # the row that was chosen and what is in sight stay when others come
    packages.get_by_role("option", name="live-29/1").click()
    packages.focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    chosen = packages.locator("[aria-selected=true]")
    expect(chosen).to_contain_text("live-17/1")
    before = chosen.bounding_box()
    began = time.monotonic()
    package = _external(registry, "live-new")
    page.wait_for_function(
        "document.querySelector('[role=listbox]').firstElementChild.offsetHeight > 31 * 46 - 1"
        " && [...document.querySelectorAll('[role=option]')]"
        ".some(row => row.getAttribute('aria-setsize') >= 31)"
    )
    expect(sidebar.locator(".jp-Registry-count").first).not_to_have_text("30")
    assert time.monotonic() - began < 3  # a second, with much else on the machine
    expect(chosen).to_contain_text("live-17/1")
    expect(packages).to_be_focused()
    assert chosen.bounding_box() == before

    # nothing is asked for while it is hidden; it has caught up when it is shown
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("window.jupyterapp.shell.currentWidget.close()")  # the panel
    page.get_by_role("tab", name="File Browser").click()
    expect(sidebar).to_be_hidden()
    page.wait_for_timeout(700)  # what was under way
    asked.clear()
    package.deploy("live-eu")
    page.wait_for_timeout(1500)
    assert not [url for url in asked if "jupyter-registry" in url]
    page.get_by_role("tab", name="Model Registry").click()
    deployments = sidebar.get_by_role("listbox", name="Deployments")
    expect(deployments.get_by_role("option", name="live-eu")).to_be_visible()

    # a hundred changes are a few requests: two a second
    asked.clear()
    began = time.monotonic()
    for number in range(100):
        package.update(description=f"the {number}th")
    page.wait_for_timeout(700)
    most = 2 * (time.monotonic() - began) + 2
    lists = [url for url in asked if "/packages?" in url]
    assert 1 <= len(lists) <= most, lists


def test_rows_that_arrive_move_lights_and_line(
    registry: Registry, sidebar: Any, page: Any, tmp_path: Path
) -> None:
    package = registry.register(
        "lights", as_code(churn_model()), target="left", progress=False,
        training=visits(400, 0)[[*FEATURES, "left"]], holdout=visits(300, 1)[[*FEATURES, "left"]],
    )  # fmt: skip
    deployment = package.deploy("lights-eu", association_id_column="visit")
    row = sidebar.get_by_role("option", name="lights-eu")
    expect(row.get_by_role("img", name="Accuracy: not known")).to_be_visible()
    expect(row.get_by_role("img", name="0 predictions in 7 days")).to_be_visible()
    deployment.predict(visits(200, 2), progress=False)
    expect(row.get_by_role("img", name="200 predictions in 7 days")).to_be_visible()
    deployment.actuals(
        visits(200, 2), association_id_column="visit", value_column="left", progress=False
    )
    expect(row.get_by_role("img", name="Service health: passing")).to_be_visible()
    # why, on hover; once the actuals are counted it is known
    light = row.get_by_role("img", name=re.compile("^Accuracy: (?!not known)"))
    expect(light).to_have_attribute("title", light.get_attribute("aria-label"))
    page.screenshot(path=str(tmp_path / "lights.png"))


def test_a_row_is_acted_on_by_menu_keys_and_palette(
    registry: Registry, sidebar: Any, page: Any, tmp_path: Path
) -> None:
    _external(registry, "acted-on")
    packages = sidebar.get_by_role("listbox", name="Packages")
    row = packages.get_by_role("option", name="acted-on/1")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row.click(button="right")
    menu = page.locator(".lm-Menu")
    page.screenshot(path=str(tmp_path / "menu.png"))
    menu.get_by_text("Copy Loading Code").click()
    expect(page.get_by_text("The code is on the clipboard.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert 'Registry().package("acted-on", 1)' in copied

    # by keyboard, and the focus comes back
    packages.focus()
    page.keyboard.press("Home")
    expect(packages.locator("[aria-selected=true]")).to_contain_text("acted-on/1")
    page.keyboard.press("Shift+F10")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(packages).to_be_focused()

    # Delete asks
    page.keyboard.press("Delete")
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Delete acted-on/1?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(row).to_be_visible()

    # the same commands in the palette are for the chosen row
    page.keyboard.press("Control+Shift+C")
    palette = page.locator("#command-palette")
    palette.get_by_role("textbox").or_(palette.locator("input")).first.fill("archive acted-on")
    palette.get_by_text("Archive: acted-on/1").click()
    dialog.get_by_role("button", name="Archive").click()
    expect(row).to_have_count(0)
    assert registry.package("acted-on/1").archived_at

    # what went wrong is said where it was done
    gone = _external(registry, "acted-gone")
    row = packages.get_by_role("option", name="acted-gone/1")
    row.wait_for()
    page.route("**/jupyter-registry/api/v1/packages?**", lambda route: route.abort())
    gone.delete()
    row.click(button="right")
    menu.get_by_text("Copy Loading Code").click()
    problem = sidebar.get_by_role("alert")
    expect(problem).to_contain_text("There is no package with id")
    page.unroute("**/jupyter-registry/api/v1/packages?**")
    problem.get_by_role("button", name="Dismiss").click()
    expect(problem).to_have_count(0)
    sidebar.get_by_role("button", name="Refresh").click()
    expect(row).to_have_count(0)


def test_code_and_files_are_dragged(
    lab: Lab, registry: Registry, sidebar: Any, page: Any, tmp_path: Path
) -> None:
    _external(registry, "dragged")
    (lab.notebooks / "models").mkdir(exist_ok=True)
    (lab.notebooks / "models" / "model.onnx").write_bytes(b"model")
    page.evaluate(
        "window.jupyterapp.commands.execute('notebook:create-new', {kernelName: 'python3'})"
        ".then(() => null)"
    )
    page.get_by_text("Python 3 (ipykernel) | Idle").first.wait_for()
    row = sidebar.get_by_role("option", name="dragged/1")
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    expect(cells).to_have_count(1)
    row.hover()
    page.mouse.down()
    target = page.locator(".jp-Notebook").bounding_box()
    for share in (0.2, 0.4, 0.5):
        page.mouse.move(target["x"] + 200, target["y"] + share * target["height"])
    page.screenshot(path=str(tmp_path / "dragging.png"))
    page.mouse.up()
    expect(cells).to_have_count(2)
    expect(cells.last).to_contain_text('Registry().package("dragged", 1)')
    # no panel was opened by that
    assert page.locator(".jp-Registry-panel").count() == 0

    row.click(button="right")
    page.locator(".lm-Menu").get_by_text("Insert Code into Notebook").click()
    expect(cells).to_have_count(3)

    # the code runs
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell').then(() => null)")
    expect(page.locator(".jp-OutputArea-output").first).to_contain_text("dragged")

    # files: by the file browser's menu, and dropped onto the sidebar
    page.get_by_role("tab", name="File Browser").click()
    page.evaluate(
        "window.jupyterapp.commands.execute('filebrowser:open-path', {path: 'models'})"
        ".then(() => null)"
    )
    file = page.locator(".jp-DirListing-item", has_text="model.onnx")
    file.click(button="right")
    page.locator(".lm-Menu").get_by_text("Register as Model Package…").click()
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.content?.memory?.paths")
    memory = "window.jupyterapp.shell.currentWidget.content.memory"
    assert page.evaluate(memory)["paths"] == ["models/model.onnx"]
    page.evaluate("window.jupyterapp.shell.currentWidget.close()")

    # the sidebar comes to the front when the file is held over its tab
    expect(sidebar).to_be_hidden()
    file.hover()
    page.mouse.down()
    held = page.get_by_role("tab", name="Model Registry").bounding_box()
    for share in (0.3, 0.5):
        page.mouse.move(held["x"] + held["width"] / 2, held["y"] + share * held["height"])
    expect(sidebar).to_be_visible()
    onto = sidebar.bounding_box()
    for share in (0.3, 0.4, 0.5):
        page.mouse.move(onto["x"] + onto["width"] / 2, onto["y"] + share * onto["height"])
    expect(sidebar).to_have_class(re.compile("jp-mod-drop"))
    page.mouse.up()
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.content?.memory?.paths")
    assert page.evaluate(memory)["paths"] == ["models/model.onnx"]


def test_a_lost_server_is_said_once_and_found_again(
    lab: Lab, registry: Registry, sidebar: Any, page: Any, tolerated: list[str]
) -> None:
    tolerated.append("Failed to fetch")  # Lab's own, of its workspace and its kernels
    _external(registry, "lost")
    packages = sidebar.get_by_role("listbox", name="Packages")
    row = packages.get_by_role("option", name="lost/1")
    expect(row).to_be_visible()
    lab.kill()
    said = sidebar.get_by_text("The server does not answer", exact=False)
    expect(said).to_have_count(1)
    sidebar.get_by_role("button", name="Refresh").click()
    page.wait_for_timeout(1000)
    expect(said).to_have_count(1)
    expect(row).to_be_visible()  # what was read stays
    lab.start()
    _external(registry, "found-again")
    expect(packages.get_by_role("option", name="found-again/1")).to_be_visible(timeout=60_000)
    expect(said).to_have_count(0)
