"""What goes wrong, in a real kernel: one line that says what to do; all of it with --debug."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.live_server import LiveServer


def test_unknown_names_suggest_the_nearest(kernel: Any, churn: str) -> None:
    wrong = churn.replace("churn", "chrun")
    hint = f"Did you mean '{churn}'?"
    assert kernel.fails(f"%accuracy {wrong}") == (
        f"Deployment not found: There is no deployment '{wrong}'. {hint}"
    )
    assert hint in kernel.fails(f"%predict {wrong} march")
    told = kernel.fails(f"%deploy {wrong} --as x")
    assert told.startswith("Package not found: ")
    assert hint in told
    assert "no version '7'" in kernel.fails(f"%registry show {churn}/7")
    assert "alias" in kernel.fails(f"%replace {churn} {churn}@none --reason other")
    assert "auc" in kernel.fails(f"%accuracy {churn} --metric aucc")
    for magic in ("drift", "health"):
        assert kernel.fails(f"%{magic} {wrong}").endswith(hint)
        assert "no name for a variable" in kernel.fails(f"%{magic} {churn} -o 2nd")
        assert "no version '7'" in kernel.fails(f"%{magic} {churn} --package {churn}/7")
        told = kernel.fails(f"%{magic} {churn} --from 2026-02-01 --to 2026-01-01")
        assert "The range is empty" in told
        assert "See --from" in told
    kernel.ok(f"%predict {churn} march -o scored")
    told = kernel.fails(f"%drift {churn} --feature incom")
    assert "Did you mean 'income'?" in told


def test_bad_tables_are_named(kernel: Any, churn: str) -> None:
    told = kernel.fails(f"%predict {churn} marhc")
    assert told == "Invalid input: There is no variable or file 'marhc'. Did you mean 'march'?"
    assert "no variable or file 'gone.csv'" in kernel.fails(f"%predict {churn} gone.csv")
    assert "AttributeError" in kernel.fails(f"%predict {churn} march.hed()")
    assert "$marhc could not be expanded" in kernel.fails(f"%predict {churn} $marhc")
    assert "no table" in kernel.fails(f"%predict {churn} visits")
    told = kernel.fails(f"%predict {churn} march[['age']]")
    assert "income" in told
    assert "'vist'" in kernel.fails(f"%actuals {churn} march --id vist --value left")
    assert "no name for a variable" in kernel.fails(f"%predict {churn} march -o 2nd")
    told = kernel.fails(f"%predict {churn} $march")
    assert "several lines" in told
    assert "without $" in told


def test_bad_models_are_named(kernel: Any, name: str) -> None:
    rest = "--target left --data held"
    assert "Did you mean 'model'?" in kernel.fails(f"%register {name} modl {rest}")
    assert "OBJECT" in kernel.fails(f"%register {name} {rest}")
    assert "external" in kernel.fails(f"%register {name} model --external --target left")
    told = kernel.fails(f"%register {name} --external --target left")
    assert "--type" in told
    told = kernel.fails(f"%register {name} model {rest} --type binary --labels no,maybe,yes")
    assert "--labels" in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("%deploy {}", "%deploy: the following arguments are required: --as."),
        ("%deploy {} --ass live", "there is no option --ass. Did you mean '--as'?"),
        ("%deploy {} --as", "argument --as: expected one argument."),
        ("%deploy {} --as x --importance hihg", "Did you mean 'high'?"),
        (
            "%deploy {} --as x --threshold half",
            "argument --threshold: invalid float value: 'half'.",
        ),
        ("%register {} model", "required: --target."),
        ("%replace {0} {0}/1", "--reason"),
        ("%replace {0} {0}/1 --reason drift", "argument --reason: 'drift' is none of"),
        ("%predict {}", "required: DATAFRAME."),
        ("%predict {} march more", "'more' is one argument too many."),
        ("%accuracy {} --by fortnight", "argument --by: 'fortnight' is none of hour, day"),
        ("%accuracy {} --from yesterday", "argument --from: 'yesterday' is no time in ISO 8601"),
        ("%accuracy 'unclosed", "A quote is not closed."),
        ("%drift", "required: LABEL."),
        ("%drift {} --by hourly", "argument --by: 'hourly' is none of hour, day"),
        ("%drift {} --featur age", "there is no option --featur. Did you mean '--feature'?"),
        ("%health {} --to now", "argument --to: 'now' is no time in ISO 8601"),
        ("%health {} --metric auc", "there is no option --metric."),
        ("%registry lst", "Did you mean 'list'?"),
        ("%registry show", "give a PACKAGE"),
    ],
)
def test_misuse_names_the_option(kernel: Any, line: str, told: str) -> None:
    said = kernel.fails(line.format("churn"))
    assert said.startswith("Wrong usage: ")
    assert told in said


def test_refusals_say_why(kernel: Any, churn: str) -> None:
    assert kernel.fails(f"%rollback {churn}").startswith("Nothing to roll back to: ")
    assert kernel.fails(f"%deploy {churn} --as {churn}").startswith("Already exists: ")
    kernel.ok(f"%register {churn}-other --external --target spent --type regression")
    told = kernel.fails(f"%replace {churn} {churn}-other/1 --reason other")
    assert "It predicts 'spent', not 'left'." in told
    ran = kernel.ok(f"%replace {churn} {churn}-other/1 --dry-run")
    assert "failing" in ran.result["text/html"]
    ran = kernel.ok(
        "late = march[['visit', 'left']].copy()\n"
        "late.loc[0, 'left'] = 'x'\n"
        f"%actuals {churn} late --id visit --value left"
    )
    assert ran.stderr.startswith("1 rows were rejected; the others are recorded. Row 0: ")
    assert "399 accepted" in ran.text


def test_debug_shows_the_traceback(kernel: Any, churn: str) -> None:
    ran = kernel.run(f"%accuracy {churn}x --debug")
    assert ran.error is not None
    assert ran.error["ename"] == "DeploymentNotFound"
    assert len(ran.error["traceback"]) > 3
    kernel.ok("%config RegistryMagics.debug = True")
    ran = kernel.run(f"%accuracy {churn}x")
    assert ran.error is not None
    assert "Traceback" in "\n".join(ran.error["traceback"])
    ran = kernel.run("%deploy churn")
    assert ran.error is not None
    assert ran.error["ename"] == "Misused"


def test_a_failing_magic_stops_the_cell_and_can_be_caught(kernel: Any, churn: str) -> None:
    ran = kernel.run(f"reached = False\n%accuracy {churn}x\nreached = True")
    assert ran.reply["ename"] == "MagicFailed"
    assert kernel.value("reached") == "False"
    ran = kernel.ok(
        "from jupyter_registry.notebook.failures import MagicFailed\n"
        "try:\n"
        f"    %accuracy {churn}x\n"
        "except MagicFailed as error:\n"
        "    print(type(error.__cause__).__name__)"
    )
    assert ran.stdout == "DeploymentNotFound\n"


def test_a_handler_of_the_users_own_stays_and_errors_are_short_still(kernel: Any) -> None:
    kernel.ok(
        "def tell(shell, kind, error, trace, tb_offset=None): print('mine', error)\n"
        "get_ipython().set_custom_exc((ZeroDivisionError,), tell)\n"
        "%reload_ext jupyter_registry"
    )
    ran = kernel.run("%deploy churn")
    assert ran.error is not None
    (line,) = ran.error["traceback"]
    assert line.startswith("Wrong usage: %deploy: ")
    assert kernel.run("1 / 0").stdout == "mine division by zero\n"
    kernel.ok("get_ipython().set_custom_exc((), None)\n%reload_ext jupyter_registry")


def test_a_model_that_fails_is_told_with_its_traceback(kernel: Any, name: str) -> None:
    kernel.ok(
        "from sklearn.preprocessing import FunctionTransformer\n"
        "from sklearn.pipeline import make_pipeline\n"
        "frail = make_pipeline(FunctionTransformer(np.log1p), fitted(train))"
    )
    kernel.ok(f"%register {name} frail --target left --data held")
    kernel.ok(f"%deploy {name} --as {name}")
    line = f'%predict {name} "held.head(2).assign(age=-5.0)"'
    told = kernel.fails(line)
    assert "--debug shows the model's traceback." in told
    ran = kernel.run(f"{line} --debug")
    assert "Traceback (most recent call last)" in ran.stderr
    assert ran.error is not None


def test_a_server_that_is_gone_and_back(kernel: Any, tmp_path: Path) -> None:
    server = LiveServer(tmp_path)
    server.start()
    kernel.ok(
        f"%config RegistryMagics.url = {server.url!r}\n"
        f"%config RegistryMagics.token = {server.token!r}\n"
        "%registry"
    )
    kernel.ok("%config RegistryMagics.token = 'wrong'")
    told = kernel.fails("%registry")
    assert told.startswith("Not authori") or told.startswith("Not authenticated")
    assert "token" in told
    kernel.ok(f"%config RegistryMagics.token = {server.token!r}")
    server.kill()
    told = kernel.fails("%registry")
    assert told.startswith("Cannot connect to the registry: No server answers at ")
    assert "%config RegistryMagics.url" in told
    server.start()
    kernel.ok("%registry")
    server.kill()
    kernel.ok("%config RegistryMagics.url = 'nonsense'")
    assert "not the address of a server" in kernel.fails("%deployments")
