"""Immutable values that exist once: equal fields give the same object, so equality is identity.

A class whose metaclass is `Interned` lists its fields as annotations, like a dataclass:

>>> class Point(metaclass=Interned):
...     x: int
...     y: int = 0
>>> Point(1) is Point(1, 0)
True
>>> Point(1).y
0

Fields cannot be set after construction. A class may define `_normalise(cls, args) -> args` to bring
its arguments to one form before they are looked up, and `verify(self)` to refuse bad ones.
"""

from __future__ import annotations

from typing import Any, ClassVar, dataclass_transform
from weakref import WeakValueDictionary

_MISSING = object()


def _is_class_variable(kind: object) -> bool:
    return "ClassVar" in (kind if isinstance(kind, str) else str(kind))


def _inherited_fields(bases: tuple[type, ...]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for base in reversed(bases):
        if isinstance(base, Interned):
            fields.update(zip(base._fields, base._defaults, strict=True))
    return fields


def _slots(own: list[str], bases: tuple[type, ...], namespace: dict[str, Any]) -> tuple[str, ...]:
    has_weakref = any(getattr(base, "__weakrefoffset__", 0) for base in bases)
    return (*own, *(() if has_weakref else ("__weakref__",)))


@dataclass_transform(frozen_default=True, eq_default=False)
class Interned(type):
    """Metaclass of interned, immutable values. See the module's docstring."""

    _fields: tuple[str, ...]
    _defaults: tuple[object, ...]
    _arity: int
    _is_normalised: bool
    _pool: WeakValueDictionary[tuple[object, ...], Any]

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: object
    ) -> Interned:
        annotations: dict[str, Any] = namespace.get("__annotations__", {})
        own = [f for f, kind in annotations.items() if not _is_class_variable(kind)]
        defaults = {f: namespace.pop(f) for f in own if f in namespace}
        namespace.setdefault("__slots__", _slots(own, bases, namespace))
        cls = super().__new__(mcs, name, bases, namespace, **options)
        inherited = _inherited_fields(bases)
        fields = {**inherited, **{f: defaults.get(f, _MISSING) for f in own}}
        cls._fields = tuple(fields)
        cls._defaults = tuple(fields.values())
        cls._arity = len(fields)
        cls._is_normalised = hasattr(cls, "_normalise")
        cls._pool = WeakValueDictionary()
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != cls._arity:
            args = cls._complete(args, kwargs)
        if cls._is_normalised:
            args = cls._normalise(args)  # type: ignore[attr-defined]
        found = cls._pool.get(args)
        if found is not None:
            return found
        made: Any = object.__new__(cls)  # type: ignore[arg-type]
        for field, value in zip(cls._fields, args, strict=True):
            object.__setattr__(made, field, value)
        verify = getattr(made, "verify", None)
        if verify is not None:
            verify()
        return cls._pool.setdefault(args, made)

    def _complete(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Positional and keyword arguments, with the defaults, as one tuple in field order."""
        if len(args) > len(cls._fields):
            raise TypeError(f"{cls.__name__} takes {len(cls._fields)} arguments, got {len(args)}")
        rest = cls._defaults[len(args) :]
        if not kwargs and _MISSING not in rest:
            return args + rest
        values = list(args)
        for field, default in zip(cls._fields[len(args) :], rest, strict=True):
            value = kwargs.pop(field, default)
            if value is _MISSING:
                raise TypeError(f"{cls.__name__} needs the argument {field!r}")
            values.append(value)
        if kwargs:
            raise TypeError(f"{cls.__name__} has no field {next(iter(kwargs))!r}")
        return tuple(values)


class InternedValue(metaclass=Interned):
    """Base of interned values: refuses assignment, copies to itself."""

    __slots__ = ("__weakref__",)
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; build a new one instead")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; build a new one instead")

    def __copy__(self) -> InternedValue:
        return self

    def __deepcopy__(self, memo: object) -> InternedValue:
        return self
