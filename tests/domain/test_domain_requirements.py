"""What packages say that they need, and whether libraries are those that they were made with."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_registry.domain import library_versions, requirements
from jupyter_registry.domain.errors import RequirementsRefused

CONDA = """
channels: [conda-forge]
dependencies:
  - python=3.11.4
  - pip<=24
  - conda-forge::cudatoolkit=11.8
  - scikit-learn=1.5
  - pip:
      - mlflow==2.14
      - Cloudpickle == 3.0.0  # by pip
"""
PYTHON_ENV = "python: 3.12.1\nbuild_dependencies: [pip==24]\ndependencies: [-r requirements.txt]\n"


def test_lines_are_always_written_the_same() -> None:
    one = requirements.read(
        {"requirements.txt": "NumPy >=1.26,<3\n# why\nPandas[sql, aws]==2\n"}, {}
    )
    other = requirements.read(
        {"requirements.txt": "pandas[aws,sql] == 2\n\nnumpy<3, \\\n >= 1.26  # both"}, {}
    )
    assert one.lines == other.lines == ("numpy<3,>=1.26", "pandas[aws,sql]==2")
    assert one.text == "numpy<3,>=1.26\npandas[aws,sql]==2\n"


def test_markers_and_hashes_stay() -> None:
    sums = "--hash=sha256:" + "a" * 64
    found = requirements.read(
        {"requirements.txt": f'numpy==2.0 {sums}\ntomli; python_version < "3.11"\n'}, {}
    )
    assert found.lines == (f"numpy==2.0 {sums}", 'tomli ; python_version < "3.11"')


def test_what_a_worker_needs_is_added() -> None:
    def added(format: str, **files: str) -> tuple[str, ...]:
        texts = {name.replace("_", "."): text for name, text in files.items()}
        return requirements.read({"requirements.txt": "scikit-learn"} | texts, {}, format).added

    assert added("skops") == ("numpy", "skops")
    assert added("custom_code", custom_py="def init(**kwargs):\n    pass\n") == ("numpy",)
    assert added("custom_code", custom_py="def score(data, model): ...\n") == ("numpy", "pandas")


def test_of_condas_file_pips_part_counts_and_the_rest_is_told() -> None:
    found = requirements.read({"conda.yaml": CONDA}, {}, "mlflow")
    assert found.lines == ("cloudpickle==3.0.0", "mlflow==2.14", "numpy", "pyyaml")
    assert (found.source, found.python) == ("conda.yaml", "3.11.4")
    (note,) = found.notes
    assert "conda-forge::cudatoolkit=11.8, scikit-learn=1.5" in note


def test_mlflows_files_in_their_order() -> None:
    files = {"conda.yaml": CONDA, "python_env.yaml": PYTHON_ENV, "requirements.txt": "mlflow==2.14"}
    assert requirements.read(files, {"python": "3.11.9"}).source == "requirements.txt"
    del files["requirements.txt"]
    found = requirements.read(files, {})
    assert (found.source, found.python) == ("python_env.yaml", "3.12.1")
    assert "lacks" in found.notes[0]


def test_captured_versions_are_the_last_resort() -> None:
    known = {"libraries": {"sklearn": "1.5.0", "torch": "2.3.0+cpu", "jupyter_registry": "0.1"}}
    found = requirements.read({}, known | {"python": "3.11.2"}, "joblib")
    assert found.lines == ("joblib", "numpy", "scikit-learn==1.5.0", "torch==2.3.0")
    assert (found.source, found.python) == (requirements.CAPTURED, "3.11.2")
    with pytest.raises(RequirementsRefused, match="does not say what it needs"):
        requirements.read({}, {})


@pytest.mark.parametrize(
    "line",
    [
        "-r other.txt", "--extra-index-url https://a.example", "-e git+https://a.example/b",
        "git+ssh://git@a.example/b", "a @ file:///b", "../b", "/b/c.whl", "C:\\b.whl",
        "numpy --global-option=x", "numpy; import os", "${HOME}", "not a name",
    ],
)  # fmt: skip
def test_what_is_no_name_with_versions_is_refused_by_name(line: str) -> None:
    with pytest.raises(RequirementsRefused) as caught:
        requirements.read({"requirements.txt": f"numpy\n{line}\n"}, {})
    (told,) = caught.value.fields["lines"]
    assert told.startswith(repr(line))
    allowed = requirements.read({"requirements.txt": f"numpy\n{line}\n"}, {}, allow_links=True)
    assert line in allowed.lines


def test_files_that_cannot_be_read_are_refused() -> None:
    for text in ("dependencies: [", "- a list", "&a [*a"):
        with pytest.raises(RequirementsRefused, match=r"conda\.yaml"):
            requirements.read({"conda.yaml": text}, {})
    with pytest.raises(RequirementsRefused, match="500 at most"):
        requirements.read({"requirements.txt": "numpy\n" * 501}, {})


MADE: dict[str, Any] = {
    "python": "3.11.2",
    "libraries": {"sklearn": "1.5.0", "numpy": "1.26.4", "polars": "1.0", "xgboost": "2.0.3"},
}


def test_major_and_minor_versions_count() -> None:
    here = {"sklearn": "1.5.2", "numpy": "1.26.0", "xgboost": "3.0.0"}
    assert library_versions.differences(MADE, "xgboost", here)[0].name == "xgboost"
    assert not library_versions.differences(MADE, "joblib", here | {"xgboost": "2.0.9"}, "3.11.9")
    found = library_versions.differences(MADE, "joblib", {"sklearn": "1.6.0"}, "3.12.0")
    assert [str(one) for one in found] == [
        "Python is 3.12.0, it was 3.11.2",
        "scikit-learn is 1.6.0, it was 1.5.0",
        "numpy is absent, it was 1.26.4",
    ]
    assert not library_versions.differences(MADE, "pmml", {})


def test_requirements_that_ask_for_others_are_found() -> None:
    lines = ("numpy>=1.26", "scikit-learn==1.4.0", "xgboost==2.0.9", "a @ https://a.example/a.whl")
    (told,) = library_versions.unmet(MADE, "joblib", lines)
    assert told == "scikit-learn is to be ==1.4.0, it was 1.5.0"
    lines = (*lines, "polars>=2; python_version < '3'", "numpy>=2,!=2.1")
    here = {"sklearn": "1.4.2", "numpy": "1.26.4", "polars": "1.0", "xgboost": "3.0.0"}
    assert library_versions.lacking(here, lines) == [
        "xgboost is to be ==2.0.9, it is 3.0.0",
        "numpy is to be !=2.1,>=2, it is 1.26.4",
    ]
