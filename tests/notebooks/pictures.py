"""``python -m tests.notebooks.pictures``: make the README's pictures again.

Those of the notebooks, and of JupyterLab's panels with what the notebooks deployed. A cell's tag
``picture:NAME`` says that its figure, or its widget as a browser shows it, is
``.github/images/NAME.png``.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from PIL import Image

from tests.browser.chromium import find_browser
from tests.browser.lab import PATIENCE, Lab, Notebook
from tests.live_server import ROOT
from tests.notebooks.lab_pictures import of_panels
from tests.notebooks.running import NOTEBOOKS, pictures_of, run

IMAGES = ROOT / ".github" / "images"
#: Colours of a picture; plots and forms have few, and their files get small.
COLOURS = 96
#: The deployment of the second notebook, whose panels are shown.
DEPLOYMENT = "flights-notebook"
#: The page's size in pixels; the height is that of the highest widget, at least.
WIDTH, HEIGHT = 1100, 2400


def main() -> None:
    """Run every notebook that has such a cell, and write the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        lab.start()
        try:
            for path in sorted(NOTEBOOKS.glob("*.ipynb")):
                names = pictures_of(path)
                if names:
                    made = of_widgets(lab, path) if "widget" in path.name else of_figures(lab, path)
                    for name, png in made:
                        _write(name, png)
            with _page() as page:
                for name, png in of_panels(lab, page, DEPLOYMENT):
                    _write(name, png)
        finally:
            lab.stop()


def of_figures(lab: Lab, path: Path) -> Iterator[tuple[str, bytes]]:
    """The figures, as the kernel made them."""
    finished = run(lab, path.name)
    for number, name in pictures_of(path).items():
        yield name, finished.code[number].pngs[-1]


def of_widgets(lab: Lab, path: Path) -> Iterator[tuple[str, bytes]]:
    """The widgets, as a browser shows them in JupyterLab."""
    cells = nbformat.read(path, as_version=4).cells
    wanted = pictures_of(path)
    with _page() as page:
        sources = [cell.source for cell in cells if cell.cell_type == "code"]
        opened = Notebook(lab, page, path.stem, sources)
        for number in range(max(wanted) + 1):
            shown = opened.run(number)
            if number in wanted:
                page.wait_for_timeout(1000)  # a picture in it is drawn
                yield wanted[number], shown.screenshot()


@contextmanager
def _page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


def _write(name: str, png: bytes) -> None:
    path = IMAGES / f"{name}.png"
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
