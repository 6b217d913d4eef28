"""One line of the bench: what was measured, against what, and whether the goal is met.

Promise: absolute figures are for reading, only their ratio is judged; what could not be measured counts as short.
Called by the benches and their command.
"""

from dataclasses import dataclass

ROW = "{:<4} {:<58} {:>9} {:>9} {:>6} {:>5}  {}"
HEADING = ROW.format("no.", "what", "ours", "peer", "ratio", "goal", "")
TOLERANCE = 1.1


@dataclass(frozen=True)
class Ratio:
    """`number` is the one of docs/performance.md; the ratio may be at most `goal`; what is up to a tenth above it is
    noise of the machine."""

    number: str
    what: str
    ours: float
    peer: float
    goal: float

    @property
    def ratio(self) -> float:
        return self.ours / self.peer

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.goal * TOLERANCE

    def __str__(self) -> str:
        figures = [f"{figure:.2f}" for figure in (self.ours, self.peer, self.ratio, self.goal)]
        return ROW.format(self.number, self.what, *figures, "ok" if self.is_met else "short")


@dataclass(frozen=True)
class Speed(Ratio):
    """Of figures that are the better the larger they are: the ratio is to be at least `goal`."""

    @property
    def is_met(self) -> bool:
        return self.ratio * TOLERANCE >= self.goal


@dataclass(frozen=True)
class Unmeasured:
    """The line of a ratio whose peer is not here."""

    number: str
    what: str
    why: str
    is_met: bool = False

    def __str__(self) -> str:
        return f"{self.number:<4} {self.what:<58} {self.why}  short"


Line = Ratio | Unmeasured
