"""Files and folders dragged from the desktop into the page, as the browser itself gives them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator


def drag_over(onto: Locator, *paths: Path) -> None:
    """Hold files or folders of this computer over a part of the page, without letting go."""
    _dispatch(onto, paths, ("dragEnter", "dragOver"))


def drop(onto: Locator, *paths: Path) -> None:
    """Drop files or folders of this computer on a part of the page."""
    _dispatch(onto, paths, ("dragEnter", "dragOver", "drop"))


def _dispatch(onto: Locator, paths: Sequence[Path], kinds: Sequence[str]) -> None:
    onto.scroll_into_view_if_needed()
    box = onto.bounding_box()
    assert box is not None
    session = onto.page.context.new_cdp_session(onto.page)
    files = [str(path.resolve()) for path in paths]
    # DragOperationsMask: 1 is to copy
    data = {"items": [], "files": files, "dragOperationsMask": 1}
    for kind in kinds:
        session.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": box["x"] + box["width"] / 2,
                "y": box["y"] + min(box["height"] / 2, 30),
                "data": data,
            },
        )
    session.detach()
