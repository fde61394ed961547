"""How the work grows with patients, with trials that share their atoms, and with distinct atoms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from measure import FULL, ROOT, Scale, Section, best_of
from run import alone
from workload import facts, given_values, graph, trials

from matcher.engines.columnar import ColumnarEngine

PLOT = ROOT / "docs" / "reference" / "performance.svg"
Points = list[tuple[int, float]]


def measure(scale: Scale, plot: Path | None = None) -> Section:
    section = Section(
        "scaling",
        "How the work grows",
        "The columnar engine on the reference workload, verdicts of every trial, one doubling after the other: of the "
        "patients; of the trials over the same 16 distinct limits; and of the trials over limits in fine steps, which "
        "bring more distinct atoms. ![Seconds by patients, trials and atoms](performance.svg)",
        ("what grows", "from", "to", "seconds from", "seconds to", "time for twice as much"),
    )
    patients, number, steps = scale.patients // 4, scale.trials // 2 or 1, scale.steps
    lines = {
        "patients": _points(steps, patients // 2**steps or 1, lambda size: (size, number, False)),
        "trials, shared atoms": _points(
            steps, number // 2**2 or 1, lambda size: (patients // 8 or 1, size, False)
        ),
        "trials, finer limits": _points(steps, number * 4, lambda size: (patients // 8 or 1, size, True)),
    }
    for name, points in lines.items():
        (first, start), (last, end) = points[0], points[-1]
        twice = (end / start) ** (1 / max(len(points) - 1, 1))
        section.row(name, f"{first:,}", f"{last:,}", f"{start:.3f}", f"{end:.3f}", f"{twice:.2f}")
    where = plot or (PLOT if scale == FULL else None)
    if where is not None:
        _draw(lines, where)
    return section


def _points(steps: int, first: int, work: Callable[[int], tuple[int, int, bool]]) -> Points:
    points: Points = []
    for step in range(steps):
        size = first * 2**step
        patients, number, fine = work(size)
        built, roots = graph(trials(number, fine=fine))
        given = given_values(facts(patients))
        engine = ColumnarEngine()
        seconds, _ = best_of(3, lambda: engine.evaluate_values(built, given, roots).counts())  # noqa: B023
        points.append((size, seconds))
    return points


def _draw(lines: dict[str, Points], where: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    # The same figures give the same file.
    mpl.rcParams["svg.hashsalt"] = "performance"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(lines), figsize=(11, 3.2), layout="constrained")
    for axis, (name, points) in zip(axes, lines.items(), strict=True):
        sizes: Sequence[int] = [size for size, _ in points]
        axis.loglog(sizes, [seconds for _, seconds in points], "o-", color="#1f5a8a")
        start = points[0][1]
        axis.loglog(
            sizes, [start * size / sizes[0] for size in sizes], ":", color="#888888", label="in proportion"
        )
        axis.set_xlabel(name)
        axis.set_ylabel("seconds")
        axis.grid(visible=True, which="both", alpha=0.25)
        axis.legend()
    where.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(where, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


if __name__ == "__main__":
    raise SystemExit(alone(measure, __doc__))
