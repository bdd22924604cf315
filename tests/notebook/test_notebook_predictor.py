"""`%%predictor` in a real kernel against a real server: a cell of hooks becomes a package."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.client import Registry


def cell(line: str, code: str) -> str:
    return f"%%predictor {line}\n{textwrap.dedent(code)}"


DATA = "--data \"held[['age', 'income', 'left']]\""

SCORE = """\
import pandas as pd


def transform(data, model):
    return data[["age", "income"]].fillna(45.0)


def score(data, model, positive_class_label, **kwargs):
    chance = model.predict_proba(data)[:, list(model.classes_).index(positive_class_label)]
    return pd.DataFrame({"yes": chance, "no": 1 - chance})
"""


def test_the_whole_way(kernel: Any, registry: Registry, name: str, tmp_path: Path) -> None:
    ran = kernel.ok(
        cell(
            f"{name} model --target left {DATA} --holdout held --tag code --alias champion "
            f"--description 'by hand' --threshold 0.4 --deploy {name}-live",
            SCORE,
        )
    )
    assert ran.stdout.splitlines()[-1] == f"{name}/1 is in service of '{name}-live'."
    assert ran.text == f"<Package {name}/1: custom, binary 'left'>"
    assert kernel.value("_.reference") == f"{name}/1"
    package = registry.package(name)
    assert (package.format, package.class_labels) == ("custom_code", ["no", "yes"])
    assert (package.tags, package.aliases) == ({"code": ""}, ["champion"])
    assert (package.description, package.prediction_threshold) == ("by hand", 0.4)
    assert package.baseline is not None
    assert package.baseline["metrics"]["auc"]["value"] > 0.5
    assert [file.path for file in package.files] == ["custom.py", "model.skops"]
    folder = package.download(tmp_path / "out")
    assert (folder / "custom.py").read_text() == SCORE
    assert kernel.value("'score' in globals(), 'transform' in globals()") == "False False"

    kernel.ok(f"scored = %predict {name}-live \"march[['age', 'income']]\"")
    same = "abs(scored.probability_yes - model.predict_proba(march[['age','income']])[:,1]).max()"
    assert float(kernel.value(same)) < 1e-9

    second = SCORE.replace("1 - chance", "1.0 - chance")
    ran = kernel.ok(
        cell(
            f"{name} --model model --target left {DATA} --replace {name}-live --reason accuracy "
            "--note 'a better cell'",
            second,
        )
    )
    assert ran.text == f"<Package {name}/2: custom, binary 'left'>"
    period = registry.deployment(f"{name}-live").history()[-1]
    registry.deployment(f"{name}-live").archive()
    ran = kernel.ok(cell(f"{name} model --target left {DATA} --deploy {name}-live", second))
    assert registry.deployment(f"{name}-live").package == f"{name}/3"
    assert (period.package, period.reason, period.note) == (
        f"{name}/2",
        "accuracy",
        "a better cell",
    )


def test_deploying_takes_the_options_of_deploy(kernel: Any, registry: Registry, name: str) -> None:
    kernel.ok(
        cell(
            f"{name} model --target left {DATA} --threshold 0.4 --description 'by hand' "
            f"--deploy {name} --id visit --id-required --importance high --store-features "
            "--segment age,income",
            SCORE,
        )
    )
    made = registry.deployment(name)
    assert (made.association_id_column, made.association_id_required) == ("visit", True)
    assert (made.importance, made.store_features) == ("high", True)
    assert (made.prediction_threshold, made.description) == (0.4, "by hand")
    assert made.segment_columns == ["age", "income"]
    start = f"%%predictor {name} model --deploy x --segm"
    assert kernel.completed(start) == [f"{start}ent"]


def test_files_and_what_is_included(
    kernel: Any, registry: Registry, name: str, tmp_path: Path
) -> None:
    kernel.ok(
        f"import os, joblib\nos.makedirs({str(tmp_path)!r} + '/words', exist_ok=True)\n"
        f"joblib.dump(model, {str(tmp_path / 'm.joblib')!r})\n"
        f"open({str(tmp_path / 'helper.py')!r}, 'w').write('def same(data): return data')\n"
        f"open({str(tmp_path / 'words' / 'list.txt')!r}, 'w').write('a')\n"
        f"folder = {str(tmp_path)!r}"
    )
    code = "def transform(data, model):\n    import helper\n    return helper.same(data)\n"
    line = f"{name} {{folder}}/m.joblib --target left {DATA} --include $folder/helper.py "
    kernel.ok(cell(f"{line}$folder/words --tag t", code))
    assert [file.path for file in registry.package(name).files] == [
        "custom.py", "helper.py", "m.joblib", "words/list.txt",
    ]  # fmt: skip
    told = kernel.fails(cell(f"{name} model --target left --include nowhere.py", code))
    assert "no file or folder 'nowhere.py' to include" in told
    assert "--include" in told
    both = cell(f"{name} model --target left --include $folder/helper.py helper.py", code)
    kernel.ok("open('helper.py', 'w').write('')")
    assert "Two of the paths are named 'helper.py'" in kernel.fails(both)


def test_models_of_any_kind(kernel: Any, registry: Registry, name: str) -> None:
    kernel.ok("weights = {'age': 2.0}\nnumbers = held[['age', 'income']].assign(y=1.5)")
    score = "def score(data, model):\n    return data['age'] * model['age']\n"
    kernel.ok(cell(f"{name} weights --target y --data numbers --deploy {name}", score))
    assert registry.package(name).files[1].path == "model.pkl"
    kernel.ok(f"few = %predict {name} numbers.head(3)")
    assert kernel.value("(few.prediction - 2 * numbers.age.head(3)).abs().max() < 1e-9") == "True"
    own = (
        "def load_model(code_dir):\n    return 3\n"
        "def score(data, model):\n    return data.age * 0 + model\n"
    )
    kernel.ok(cell(f"{name} --target y --data numbers", own))
    assert [file.path for file in registry.package(name).files] == ["custom.py"]
    told = kernel.fails(cell(f"{name} weights --target y --data numbers", "def init(**k): pass\n"))
    assert "dict" in told
    kernel.ok("where = 'weights.none'")
    assert "no such file" in kernel.fails(cell(f"{name} where --target y", score))
    assert "Did you mean 'model'?" in kernel.fails(cell(f"{name} modle --target y", score))


def test_lines_go_on_after_a_backslash(kernel: Any, registry: Registry, name: str) -> None:
    kernel.ok(f"it = {name!r}")
    kernel.ok(f"%%predictor $it model \\\n  --target left \\\n  {DATA} --tag of:$it\n{SCORE}")
    assert registry.package(name).tags == {"of": name}
    bad = SCORE.replace("predict_proba", "predict_prob")
    told = kernel.fails(f"%%predictor $it model \\\n  --target left \\\n  {DATA}\n{bad}")
    assert "at line 12 of the cell: chance = model.predict_prob(data)" in told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def score(data, model)\n    return 1\n", "The cell, line 2: expected ':'"),
        ("x = 1\n%matplotlib inline\n", "The cell, line 3: invalid syntax: %matplotlib inline."),
        ("x = 1\n", "The cell defines none of the hooks init, load_model,"),
        ("def score_unstructured(m, d): pass\n", "An unstructured model takes no rows"),
        ("\ndef score(data): pass\n", "The cell, line 3: score takes data; it is called as"),
        (
            "def score(data, model):\n    x = data['agee']\n    return x\n",
            "The model failed on the first 5 rows of the data: KeyError: 'agee', at line 3 of the "
            "cell: x = data['agee']",
        ),
        ("import nowhere_to_be\ndef init(**k): pass\n", "at line 2 of the cell: import nowhere"),
        ("def load_model(d):\n    raise OSError('x')\n", "at line 3 of the cell: raise OSError"),
        (
            "def score(data, model):\n    return model.predict(data)\n",
            "score of custom.py returned an array of shape (5,) of object; expected was a "
            "DataFrame of 5 rows with the columns ['no', 'yes'] in any order",
        ),
        ("import sys\ndef score(data, model):\n    sys.exit(1)\n", "score called sys.exit(1)"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_uploaded(
    code: str, told: str, kernel: Any, registry: Registry, name: str
) -> None:
    said = kernel.fails(f"%%predictor {name} model --target left {DATA}\n{code}")
    assert told in said
    assert not list(registry.packages(name=name))


def test_misuse(kernel: Any, name: str, churn: str) -> None:
    def fails(line: str) -> str:
        return str(kernel.fails(cell(line, SCORE)))

    assert "required: --target." in fails(f"{name} model")
    assert "no model that the hooks are about" in fails(f"{name} --target left {DATA}")
    assert "--type" in fails(f"{name} model --target left")
    assert "Give training or holdout data" in fails(
        f"{name} model --target left --type binary --labels no,yes"
    )
    assert "given twice: model and --model model" in fails(f"{name} model --model model --target x")
    assert "--deploy for a new deployment or --replace" in fails(
        f"{name} model --target left --deploy a --replace b"
    )
    assert "wants a --reason: accuracy" in fails(f"{name} model --target left --replace {churn}")
    assert "--reason is for --replace" in fails(f"{name} model --target x --reason other")
    for option in ("--id visit", "--id-required", "--store-features", "--segment age",
                   "--kernelspec python3", "--importance low"):  # fmt: skip
        said = f"{option.split()[0]} is for --deploy"
        assert said in fails(f"{name} model --target x {option}")
    assert f"Did you mean '{churn}'?" in fails(
        f"{name} model --target left --replace {churn}x --reason other"
    )
    told = fails(f"{name} model --target left --deploy {churn}")
    assert told.startswith(f"Already exists: There is a deployment '{churn}'.")
    assert f"--replace {churn}" in told
    assert "no option --targt. Did you mean '--target'?" in fails(f"{name} model --targt left")
    told = kernel.fails(f"%predictor {name} model --target left")
    assert told.startswith("Wrong usage: %%predictor: there is no code.")


def test_a_package_that_cannot_be_put_in_service_is_told_of(
    kernel: Any, registry: Registry, name: str, churn: str
) -> None:
    code = (
        "import os\nHERE = 'IN_KERNEL' in os.environ\n"
        "def score(data, model):\n    assert HERE\n    return data.age\n"
    )
    kernel.ok("os.environ['IN_KERNEL'] = '1'\nnumbers = held[['age']].assign(spent=1.5)")
    told = kernel.fails(cell(f"{name} model --target spent --data numbers --deploy {name}", code))
    assert f"{name}/1 is registered, but not in service." in told
    assert "AssertionError" in told
    assert registry.package(name).version == 1
    line = f"{name} model --target spent --data numbers --replace {churn} --reason other"
    told = kernel.fails(cell(line, code))
    assert f"{name}/2 is registered, but not in service." in told
    assert "'spent', not 'left'" in told


def test_names_stay_out_unless_asked(kernel: Any, name: str) -> None:
    code = "HELP = 41\ndef score(data, model):\n    return model.predict_proba(data)\n"
    kernel.ok(cell(f"{name} model --target left {DATA} --run", code))
    assert kernel.value("HELP, score(held[['age', 'income']], model).shape[1]") == "41 2"
    kernel.ok("del score, HELP")
    told = kernel.fails(cell(f"{name} model --target left {DATA} --run", f"{code}1 / 0\n"))
    assert "The cell failed when it ran: ZeroDivisionError: division by zero, at line 5" in told


def test_debug_shows_the_traceback_of_the_cell(kernel: Any, name: str) -> None:
    code = "def score(data, model):\n    return data['agee']\n"
    ran = kernel.run(cell(f"{name} model --target left {DATA} --debug", code))
    assert ran.error is not None
    assert ran.error["ename"] == "ModelFailed"
    assert "return data['agee']" in ran.stderr


def test_help_and_silence(kernel: Any, name: str) -> None:
    for line in ("%predictor --help", "%%predictor --help\nx", "%%predictor -h\nx"):
        ran = kernel.ok(line)
        assert ran.stdout.startswith("usage: %%predictor [-h] [--debug]")
        assert "post_process(predictions, model)" in ran.stdout
    code = "def score(data, model):\n    return model.predict_proba(data)\n"
    assert not kernel.ok(cell(f"{name} model --target left {DATA};", code)).result


def test_completion(kernel: Any, churn: str) -> None:
    assert f"%%predictor {churn}" in kernel.completed(f"%%predictor {churn[:-1]}")
    assert "%%predictor churn model" in kernel.completed("%%predictor churn m")
    assert kernel.completed("%%predictor churn model --tar") == ["%%predictor churn model --target"]
    assert "%%predictor churn model --target left" in kernel.completed(
        "%%predictor churn model --target l"
    )
    start = "%%predictor churn --replace "
    assert f"{start}{churn}" in kernel.completed(start + churn[:-1])
    kernel.ok("open('beside.py', 'w').close()\nopen('beside.txt', 'w').close()")
    start = "%%predictor churn --include beside.py bes"
    assert set(kernel.completed(start)) == {f"{start}ide.py", f"{start}ide.txt"}
    start = "%%predictor churn \\\n  --rea"
    assert kernel.completed(start) == [f"{start}son"]
    body = "%%predictor churn\nimport os\nos.pathse"
    assert kernel.completed(body) == [f"{body}p"]
