"""What a pickle would import and call, found by following its instructions without obeying them.

A pickle is a program for a small stack machine (``pickletools`` describes it). Strings and tuples
are followed exactly, so that a name put together on the way is known; everything else is a
placeholder, and large contents are passed over, so memory does not grow with the file. joblib
puts arrays' bytes between instructions, which is followed too. Standard library alone.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass, field
from typing import IO, Any

from .pickle_values import (
    ANY,
    MARK,
    Global,
    Made,
    Unreadable,
    item_bytes,
    unescaped,
    whole_number,
)

_CODES: dict[bytes, Any] = {op.code.encode("latin-1"): op for op in pickletools.opcodes}
#: Characters of a string, and items of a tuple or dict, that are kept.
_KEPT = 1_000
_ITEMS = 64
_LINE = 1 << 20
_SKIP = 1 << 20
#: Values on the stack, more than any library leaves there: batches have 1,000.
_STACK = 2_000_000
#: Instructions with a counted content: bytes of the count.
_COUNTED = {
    "SHORT_BINBYTES": 1, "BINBYTES": 4, "BINBYTES8": 8, "BYTEARRAY8": 8,
    "SHORT_BINUNICODE": 1, "BINUNICODE": 4, "BINUNICODE8": 8,
    "SHORT_BINSTRING": 1, "BINSTRING": 4, "LONG1": 1, "LONG4": 4,
}  # fmt: skip
_LINES = frozenset({"INT", "LONG", "FLOAT", "STRING", "UNICODE", "GET", "PUT", "PERSID"})
_FIXED = {
    "PROTO": 1, "FRAME": 8, "BININT": 4, "BININT1": 1, "BININT2": 2, "BINFLOAT": 8,
    "BINPUT": 1, "LONG_BINPUT": 4, "BINGET": 1, "LONG_BINGET": 4, "EXT1": 1, "EXT2": 2, "EXT4": 4,
}  # fmt: skip


@dataclass
class Walked:
    """What was found in a file's pickles."""

    #: Everything imported.
    globals: set[Global] = field(default_factory=set)
    #: What else it does that no library's pickle does, in words.
    odd: set[str] = field(default_factory=set)
    #: Whether the last pickle ended as it should.
    ended: bool = False
    #: Pickles that ended so.
    pickles: int = 0


def walk(file: IO[bytes], found: Walked) -> None:
    """Follow the one pickle that begins here, into ``found``; raises `Unreadable`."""
    found.ended = False
    _Machine(file, found).run()
    found.ended = True
    found.pickles += 1


class _Machine:
    def __init__(self, file: IO[bytes], found: Walked, depth: int = 0) -> None:
        self._file = file
        self._found = found
        self._depth = depth
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> None:
        while True:
            code = self._file.read(1)
            if not code:
                raise Unreadable("it ends in the middle")
            op = _CODES.get(code)
            if op is None:
                raise Unreadable(f"no pickle has the byte 0x{code.hex()} there")
            if op.name == "STOP":
                self._pop()
                return
            self._do(op)
            if len(self._stack) > _STACK:
                raise Unreadable("it piles up more values than any library's")

    # --- one instruction --------------------------------------------------------------------

    def _do(self, op: Any) -> None:
        name = op.name
        if name in _COUNTED:
            self._stack.append(self._counted(name))
        elif name in _LINES:
            self._line_op(name)
        elif name in _FIXED:
            self._fixed(name, int.from_bytes(self._exactly(_FIXED[name]), "little"))
        elif name in ("GLOBAL", "INST"):
            found = Global(self._line(), self._line())
            self._import(found)
            if name == "INST":
                self._call(found, self._to_mark())
            else:
                self._stack.append(found)
        else:
            method = getattr(self, f"_{name.lower()}", None)
            if method is not None:
                method()
            else:
                self._by_table(op)

    def _by_table(self, op: Any) -> None:
        """What only moves values, as pickletools describes it."""
        before, after = op.stack_before, op.stack_after
        if pickletools.markobject in before:
            self._to_mark()
            before = before[: before.index(pickletools.markobject)]
        for _ in before:
            self._pop()
        self._stack.extend(ANY for _ in after)

    def _counted(self, name: str) -> Any:
        length = int.from_bytes(self._exactly(_COUNTED[name]), "little")
        if name == "BINSTRING" and length >= 1 << 31:
            raise Unreadable("a negative length")
        if length > _KEPT or "BYTE" in name or name.startswith("LONG"):
            self._skip(length)
            return ANY
        try:
            return self._exactly(length).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return ANY  # bytes of Python 2

    def _line_op(self, name: str) -> None:
        line = self._line()
        if name == "GET":
            self._get(whole_number(line))
        elif name == "PUT":
            self._memo[whole_number(line)] = self._top()
        elif name in ("STRING", "UNICODE"):
            text = line.strip("'\"") if name == "STRING" else line
            self._stack.append(unescaped(text) if len(text) <= _KEPT else ANY)
        elif name == "INT":
            self._stack.append(
                whole_number(line.rstrip("L")) if line.lstrip("-").isdigit() else ANY
            )
        else:
            self._stack.append(ANY)

    def _fixed(self, name: str, number: int) -> None:
        if name in ("BINPUT", "LONG_BINPUT"):
            self._memo[number] = self._top()
        elif name in ("BINGET", "LONG_BINGET"):
            self._get(number)
        elif name.startswith("EXT"):
            self._found.odd.add("it imports by a number of copyreg's extension registry")
            self._stack.append(ANY)
        elif name.startswith("BININT"):
            if name == "BININT" and number >= 1 << 31:
                number -= 1 << 32
            self._stack.append(number)
        elif name == "BINFLOAT":
            self._stack.append(ANY)
        elif name == "PROTO" and number > 5:
            raise Unreadable(f"protocol {number} is not known")

    def _get(self, number: int) -> None:
        if number not in self._memo:
            raise Unreadable("it refers to what it has not kept")
        self._stack.append(self._memo[number])

    # --- instructions that matter, by their names in pickletools ------------------------------

    def _stack_global(self) -> None:
        name, module = self._pop(), self._pop()
        if not (isinstance(name, str) and isinstance(module, str)):
            self._found.odd.add("it imports by a name that cannot be told")
            self._stack.append(ANY)
            return
        found = Global(module, name)
        self._import(found)
        self._stack.append(found)

    def _reduce(self) -> None:
        args, of = self._pop(), self._pop()
        self._call(of, args)

    def _newobj(self) -> None:
        self._reduce()

    def _newobj_ex(self) -> None:
        self._pop()
        self._reduce()

    def _obj(self) -> None:
        items = self._to_mark()
        if not items:
            raise Unreadable("it calls nothing")
        self._call(items[0], tuple(items[1:]))

    def _build(self) -> None:
        state = self._pop()
        made = self._top()
        if isinstance(made, Global):
            self._found.odd.add(f"it changes what {made.module}.{made.name} has")
        if isinstance(made, Made):
            made.state = state
            of = made.of
            if (
                isinstance(of, Global)
                and of.name == "NumpyArrayWrapper"
                and of.module.startswith("joblib.")
            ):
                self._array(state)

    def _mark(self) -> None:
        self._stack.append(MARK)

    def _tuple(self) -> None:
        items = self._to_mark()
        self._stack.append(tuple(items) if len(items) <= _ITEMS else ANY)

    def _empty_tuple(self) -> None:
        self._stack.append(())

    def _tuple1(self) -> None:
        self._stack.append((self._pop(),))

    def _tuple2(self) -> None:
        second, first = self._pop(), self._pop()
        self._stack.append((first, second))

    def _tuple3(self) -> None:
        third, second, first = self._pop(), self._pop(), self._pop()
        self._stack.append((first, second, third))

    def _empty_dict(self) -> None:
        self._stack.append({})

    def _dict(self) -> None:
        items = self._to_mark()
        self._stack.append({})
        self._put_items(items)

    def _setitem(self) -> None:
        value, key = self._pop(), self._pop()
        self._put_items([key, value])

    def _setitems(self) -> None:
        self._put_items(self._to_mark())

    def _put_items(self, items: list[Any]) -> None:
        held = self._top()
        if isinstance(held, dict):
            for key, value in zip(items[::2], items[1::2], strict=False):
                if isinstance(key, str) and (key in held or len(held) < _ITEMS):
                    held[key] = value

    def _none(self) -> None:
        self._stack.append(None)

    def _newtrue(self) -> None:
        self._stack.append(True)

    def _newfalse(self) -> None:
        self._stack.append(False)

    def _dup(self) -> None:
        self._stack.append(self._top())

    def _pop_mark(self) -> None:
        self._to_mark()

    def _memoize(self) -> None:
        self._memo[len(self._memo)] = self._top()

    def _binpersid(self) -> None:
        self._pop()
        self._stack.append(ANY)

    # --- helpers ----------------------------------------------------------------------------

    def _import(self, found: Global) -> None:
        self._found.globals.add(found)

    def _call(self, of: Any, args: Any) -> None:
        if not isinstance(of, Global):
            self._found.odd.add("it calls what it has made itself")
        self._stack.append(Made(of, args if isinstance(args, tuple) else ()))

    def _array(self, state: Any) -> None:
        """Pass over the array that joblib reads when its wrapper is complete."""
        if isinstance(state, tuple) and len(state) == 2:
            state = state[0]
        if not isinstance(state, dict):
            raise Unreadable("an array of joblib that is not described")
        width = item_bytes(state.get("dtype"))
        shape = state.get("shape")
        if not isinstance(shape, tuple) or not all(isinstance(n, int) and n >= 0 for n in shape):
            raise Unreadable("an array of joblib whose shape cannot be told")
        if width is None:  # of objects, which are a pickle of their own
            if self._depth > 50:
                raise Unreadable("pickles within pickles")
            _Machine(self._file, self._found, self._depth + 1).run()
            return
        if state.get("numpy_array_alignment_bytes") is not None:
            self._skip(self._exactly(1)[0])
        size = width
        for n in shape:
            size *= n
        self._skip(size)

    def _pop(self) -> Any:
        if not self._stack:
            raise Unreadable("it takes a value where there is none")
        return self._stack.pop()

    def _top(self) -> Any:
        if not self._stack:
            raise Unreadable("it takes a value where there is none")
        return self._stack[-1]

    def _to_mark(self) -> list[Any]:
        items: list[Any] = []
        while True:
            value = self._pop()
            if value is MARK:
                items.reverse()
                return items
            items.append(value)

    def _line(self) -> str:
        line = self._file.readline(_LINE)
        if not line.endswith(b"\n"):
            raise Unreadable("it ends in the middle")
        return line[:-1].rstrip(b"\r").decode("utf-8", "surrogateescape")

    def _exactly(self, n: int) -> bytes:
        data = self._file.read(n)
        if len(data) < n:
            raise Unreadable("it ends in the middle")
        return data

    def _skip(self, n: int) -> None:
        while n > 0:
            piece = self._file.read(min(n, _SKIP))
            if not piece:
                raise Unreadable("it ends in the middle")
            n -= len(piece)
