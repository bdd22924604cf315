"""What a run gives its child process: the checked table and how it is divided, in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..domain.kinds import TargetType
from ..domain.signature import Signature
from ..domain.target import Target
from .data import TrainingTable
from .partition import Partition
from .room import check_room, in_room

if TYPE_CHECKING:
    import pyarrow as pa

    from .evaluation import Material


def save(
    folder: Path, data: TrainingTable, partition: Partition, metric: str, seed: int, threads: int
) -> None:
    """Write all into the folder.

    Raises
    ------
    StorageUnavailable
        when the disk has not enough room.

    """
    import pyarrow.feather

    check_room(folder, data.table.nbytes)
    setup = {
        "target": {
            "name": data.target.name,
            "type": data.target.type.value,
            "class_labels": list(data.target.class_labels),
            "positive_class": data.target.positive_class,
        },
        "signature": data.signature.to_json(),
        "kind": partition.kind,
        "column": partition.column,
        "metric": metric,
        "seed": seed,
        "threads": threads,
        "folds": len(partition.splits),
    }
    arrays = {"holdout": partition.holdout}
    for fold, (training, validation) in enumerate(partition.splits):
        arrays |= {f"training{fold}": training, f"validation{fold}": validation}
    with in_room(folder, "The data cannot be put there for training"):
        pyarrow.feather.write_feather(data.table, folder / "data.arrow", compression="uncompressed")
        np.savez(folder / "partition.npz", **arrays)  # type: ignore[arg-type,unused-ignore]
        (folder / "setup.json").write_text(json.dumps(setup), encoding="utf-8")


def load(folder: Path) -> tuple[Material, str]:
    """In the child: the material, and the metric that ranks."""
    import pyarrow.feather

    from ..formats.dataframes import to_dataframe
    from .evaluation import Material
    from .pipelines import Inputs, Making

    setup = json.loads((folder / "setup.json").read_text(encoding="utf-8"))
    with np.load(folder / "partition.npz") as arrays:
        splits = [
            (arrays[f"training{fold}"], arrays[f"validation{fold}"])
            for fold in range(setup["folds"])
        ]
        partition = Partition(setup["kind"], setup["column"], splits, arrays["holdout"])
    table = pyarrow.feather.read_table(folder / "data.arrow", memory_map=True)
    signature = Signature.from_json(setup["signature"])
    target = Target.make(**setup["target"])
    frame = _frame(table, signature)
    making = Making(
        Inputs.of(signature, elapsed=partition.kind != "time"),
        target.type is not TargetType.REGRESSION,
        setup["seed"],
        setup["threads"],
        len(splits[0][0]),
    )
    material = Material(
        target=target,
        signature=signature,
        frame=frame,
        table=to_dataframe(signature.names)(frame),
        outcomes=_outcomes(table, target),
        partition=partition,
        making=making,
        described=_described(table, signature, target, partition),
        input_example=_example(table, signature, partition),
    )
    return material, setup["metric"]


def holdout_of(folder: Path, partition: Partition) -> pa.Table:
    """In the child: the held-out rows, all columns and the outcomes."""
    import pyarrow.feather

    table = pyarrow.feather.read_table(folder / "data.arrow", memory_map=True)
    return table.take(partition.holdout)


def _frame(table: pa.Table, signature: Signature) -> dict[str, Any]:
    from ..domain.frames import conform
    from ..formats.arrow_tables import columns_of

    return dict(conform(signature, columns_of(table.select(signature.names)), table.num_rows))


def _outcomes(table: pa.Table, target: Target) -> Any:
    """Numbers as float64, or labels as texts, shape (n,)."""
    from ..domain.baseline import encode_outcomes
    from ..formats.arrow_tables import columns_of

    found = columns_of(table.select([target.name]))[target.name]
    codes, _ = encode_outcomes(target, found)
    if target.type is TargetType.REGRESSION:
        return codes
    return np.array(target.class_labels)[codes.astype(np.int64)]


def _described(
    table: pa.Table, signature: Signature, target: Target, partition: Partition
) -> dict[str, Any]:
    """The baseline but for its metrics: histograms of what is trained on."""
    from ..domain.baseline import compute_baseline
    from ..formats.arrow_tables import columns_of

    training = columns_of(table.take(partition.modelling))
    described = compute_baseline(target, signature, training=training)
    described["rows"]["holdout"] = len(partition.holdout)
    return described


def _example(
    table: pa.Table, signature: Signature, partition: Partition
) -> list[dict[str, Any]] | None:
    from ..formats.from_data import EXAMPLE_ROWS, example_of

    return example_of(table.take(partition.modelling[:EXAMPLE_ROWS]), signature)
