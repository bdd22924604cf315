"""What the database itself holds of leaderboards: who goes with whom, and what stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from jupyter_registry.store.database import Database, open_database
from jupyter_registry.store.tables import (
    BoardModel,
    BoardModelFile,
    Leaderboard,
    ModelPackage,
    RegisteredModel,
)


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    opened = open_database(migrated_url)
    yield opened
    opened.close()


def made(database: Database, predecessor: int | None = None) -> int:
    """A leaderboard with a model that has a file; returns its id."""
    with database.write() as session:
        board = Leaderboard(
            name="m",
            target_name="y",
            target_type="regression",
            metric="rmse",
            predecessor_id=predecessor,
        )
        session.add(board)
        session.flush()
        assert board.id is not None
        model = BoardModel(leaderboard_id=board.id, number=1, label="linear")
        session.add(model)
        session.flush()
        assert model.id is not None
        session.add(BoardModelFile(model_id=model.id, path="m.skops", sha256="0" * 64, size=1))
        return board.id


def counts(database: Database) -> list[int]:
    with database.read() as session:
        return [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Leaderboard, BoardModel, BoardModelFile)
        ]


def test_a_leaderboard_takes_its_models_and_their_files_along(database: Database) -> None:
    first = made(database)
    second = made(database, first)
    assert counts(database) == [2, 2, 2]
    with database.write() as session:
        session.delete(session.get_one(Leaderboard, first))
    assert counts(database) == [1, 1, 1]
    with database.read() as session:
        assert session.get_one(Leaderboard, second).predecessor_id is None
    with database.write() as session:
        session.delete(session.get_one(Leaderboard, second))
    assert made(database) > second  # packages name it for good


def test_a_model_outlives_its_package(database: Database) -> None:
    board = made(database)
    with database.write() as session:
        registered = RegisteredModel(name="m")
        session.add(registered)
        session.flush()
        assert registered.id is not None
        package = ModelPackage(
            model_id=registered.id,
            name="m",
            version=1,
            kind="native",
            target_name="y",
            target_type="regression",
        )
        session.add(package)
        session.flush()
        model = session.scalars(select(BoardModel)).one()
        model.package_id = package.id
    with database.write() as session:
        session.delete(session.scalars(select(ModelPackage)).one())
    with database.read() as session:
        assert session.scalars(select(BoardModel)).one().package_id is None
    assert counts(database) == [1, 1, 1]
    assert board


def test_numbers_do_not_repeat_and_states_are_text(database: Database) -> None:
    board = made(database)
    with database.write() as session:
        session.add(BoardModel(leaderboard_id=board, number=1, label="again"))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
    with database.connect() as connection:
        assert connection.execute(text("SELECT state FROM leaderboard")).scalar() == "running"
        assert connection.execute(text("SELECT state FROM board_model")).scalar() == "done"
