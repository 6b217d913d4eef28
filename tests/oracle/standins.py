"""Named functions that stand in for those of the oracle for a while.

Promise: nothing is changed until `Registry.planted` is entered, and all is as before when it is left."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

import tests.oracle

Owner = ModuleType | type
Function = Callable[..., Any]


class Registry(dict[str, tuple[Owner, str, Any]]):
    """What is called so: the module or class, the name in it, and what stands in."""

    def note(self, owner: Owner, name: str, called: str, other: Any) -> None:
        is_property = isinstance(vars(owner)[name], property)
        self[called] = (owner, name, property(other) if is_property else other)

    def instead_of(self, owner: Owner, name: str, called: str) -> Callable[[Function], Function]:
        def note(other: Function) -> Function:
            self.note(owner, name, called, other)
            return other

        return note

    @contextmanager
    def planted(self, *called: str) -> Iterator[None]:
        with ExitStack() as stack:
            for each in called:
                stack.enter_context(standing_in(*self[each]))
            yield


@contextmanager
def standing_in(owner: Owner, name: str, other: Any) -> Iterator[None]:
    right = vars(owner)[name]
    owners = [owner, *(module for module in modules() if vars(module).get(name) is right)]
    try:
        for each in owners:
            setattr(each, name, other)
        yield
    finally:
        for each in owners:
            setattr(each, name, right)


def modules() -> Iterator[ModuleType]:
    """Of the oracle: whoever imported a function by its name."""
    for found in pkgutil.iter_modules(tests.oracle.__path__, "tests.oracle."):
        if not found.name.rpartition(".")[2].startswith(("__", "test_")):
            yield importlib.import_module(found.name)
