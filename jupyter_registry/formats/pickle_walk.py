"""What a pickle would import and call, found by following its instructions without obeying them.

A pickle is a program for a small stack machine (``pickletools`` describes it). Strings and tuples
are followed exactly, so that a name put together on the way is known; everything else is a
placeholder, and large contents are passed over, so memory does not grow with the file. joblib
puts arrays' bytes between instructions, which is followed too. Standard library alone.
"""

from __future__ import annotations

import pickletools
import re
from dataclasses import dataclass, field
from typing import IO, Any

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


class Unreadable(Exception):
    """The pickle cannot be followed any further; what was found until then counts."""


@dataclass(frozen=True)
class Global:
    """Something imported: of which module, under which name."""

    module: str
    name: str


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


class _Any:
    """A value that is not followed."""

    def __repr__(self) -> str:
        return "…"


class _Mark(_Any):
    """Where a batch of values begins."""


_ANY = _Any()
_MARK = _Mark()


class _Made:
    """What a call has made: of what, with which arguments, and the state it was given."""

    def __init__(self, of: Any, args: Any) -> None:
        self.of = of
        self.args = args
        self.state: Any = None


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
        self._stack.extend(_ANY for _ in after)

    def _counted(self, name: str) -> Any:
        length = int.from_bytes(self._exactly(_COUNTED[name]), "little")
        if name == "BINSTRING" and length >= 1 << 31:
            raise Unreadable("a negative length")
        if length > _KEPT or "BYTE" in name or name.startswith("LONG"):
            self._skip(length)
            return _ANY
        try:
            return self._exactly(length).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return _ANY  # bytes of Python 2

    def _line_op(self, name: str) -> None:
        line = self._line()
        if name == "GET":
            self._get(_number(line))
        elif name == "PUT":
            self._memo[_number(line)] = self._top()
        elif name in ("STRING", "UNICODE"):
            text = line.strip("'\"") if name == "STRING" else line
            self._stack.append(_unescaped(text) if len(text) <= _KEPT else _ANY)
        elif name == "INT":
            self._stack.append(_number(line.rstrip("L")) if line.lstrip("-").isdigit() else _ANY)
        else:
            self._stack.append(_ANY)

    def _fixed(self, name: str, number: int) -> None:
        if name in ("BINPUT", "LONG_BINPUT"):
            self._memo[number] = self._top()
        elif name in ("BINGET", "LONG_BINGET"):
            self._get(number)
        elif name.startswith("EXT"):
            self._found.odd.add("it imports by a number of copyreg's extension registry")
            self._stack.append(_ANY)
        elif name.startswith("BININT"):
            if name == "BININT" and number >= 1 << 31:
                number -= 1 << 32
            self._stack.append(number)
        elif name == "BINFLOAT":
            self._stack.append(_ANY)
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
            self._stack.append(_ANY)
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
        if isinstance(made, _Made):
            made.state = state
            of = made.of
            if (
                isinstance(of, Global)
                and of.name == "NumpyArrayWrapper"
                and of.module.startswith("joblib.")
            ):
                self._array(state)

    def _mark(self) -> None:
        self._stack.append(_MARK)

    def _tuple(self) -> None:
        items = self._to_mark()
        self._stack.append(tuple(items) if len(items) <= _ITEMS else _ANY)

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
        self._stack.append(_ANY)

    # --- helpers ----------------------------------------------------------------------------

    def _import(self, found: Global) -> None:
        self._found.globals.add(found)

    def _call(self, of: Any, args: Any) -> None:
        if not isinstance(of, Global):
            self._found.odd.add("it calls what it has made itself")
        self._stack.append(_Made(of, args if isinstance(args, tuple) else ()))

    def _array(self, state: Any) -> None:
        """Pass over the array that joblib reads when its wrapper is complete."""
        if isinstance(state, tuple) and len(state) == 2:
            state = state[0]
        if not isinstance(state, dict):
            raise Unreadable("an array of joblib that is not described")
        width = _item_bytes(state.get("dtype"))
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
            if value is _MARK:
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


def _item_bytes(dtype: Any) -> int | None:
    """Bytes of an item of a numpy dtype; ``None`` where it holds objects."""
    if not (isinstance(dtype, _Made) and isinstance(dtype.of, Global) and dtype.of.name == "dtype"):
        raise Unreadable("an array of joblib whose type cannot be told")
    text = dtype.args[0] if dtype.args else None
    match = re.fullmatch(r"[<>|=]?([a-zA-Z])(\d*)", text) if isinstance(text, str) else None
    if match is None:
        raise Unreadable("an array of joblib whose type cannot be told")
    kind, digits = match[1], int(match[2] or 1)
    state = dtype.state if isinstance(dtype.state, tuple) else ()
    fields = state[4] if len(state) > 4 else None
    flags = state[7] if len(state) > 7 else 0
    if kind == "O" or (isinstance(flags, int) and flags & 1):
        return None
    if isinstance(fields, dict):
        for value in fields.values():
            if _item_bytes(value[0] if isinstance(value, tuple) and value else None) is None:
                return None
    elif fields is not None:
        raise Unreadable("an array of joblib whose type cannot be told")
    return digits * 4 if kind == "U" else digits


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Unreadable("a number that is none") from None


def _unescaped(text: str) -> str:
    """A string of protocol 0, whose escapes would hide a name."""
    if "\\" not in text:
        return text
    try:
        return text.encode("latin-1", "backslashreplace").decode("unicode-escape")
    except UnicodeDecodeError:
        return text
