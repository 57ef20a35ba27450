"""The report: Markdown for people, with one table of all targets at the top."""

import textwrap
from dataclasses import dataclass, field


@dataclass
class Target:
    figure: str
    wanted: str
    measured: str
    is_reached: bool | None
    aim: str = ""


@dataclass
class Section:
    """What one workload found out."""

    title: str
    about: str
    tables: list = field(default_factory=list)
    targets: list = field(default_factory=list)

    def table(self, header, rows):
        self.tables.append(table(header, rows))

    def at_most(self, figure, value, limit, show, aim=None):
        """Adds a target that is reached when the value does not exceed the limit."""
        aim_text = "" if aim is None else show(aim)
        self.targets.append(Target(figure, f"≤ {show(limit)}", show(value), value <= limit, aim_text))

    def at_least(self, figure, value, limit, show, aim=None):
        aim_text = "" if aim is None else show(aim)
        self.targets.append(Target(figure, f"≥ {show(limit)}", show(value), value >= limit, aim_text))

    def not_measured(self, figure, wanted, why):
        self.targets.append(Target(figure, wanted, why, None))


def table(header, rows):
    """A Markdown table; the first column is text, the others are numbers."""
    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def missing(name, header):
    """The row of a peer that is not there."""
    return [name, "not available"] + ["–"] * (len(header) - 2)


def target_table(targets):
    words = {True: "yes", False: "**no**", None: "–"}
    rows = [[each.figure, each.wanted, each.aim or "–", each.measured, words[each.is_reached]] for each in targets]
    return table(["figure", "target", "aim", "measured", "reached"], rows)


def render(heading, description, sections):
    parts = [f"# {heading}", description]
    targets = [target for section in sections for target in section.targets]
    if targets:
        parts += ["## Targets", target_table(targets)]
    for section in sections:
        parts += [f"## {section.title}", textwrap.fill(section.about, 120)] + section.tables
    return "\n\n".join(parts) + "\n"


def seconds(value):
    return f"{value:.3g} s" if value < 10 else f"{value:.1f} s"


def milliseconds(value):
    return f"{value * 1e3:.3g} ms"


def nanoseconds(value):
    return f"{value * 1e9:.0f} ns"


def times(value):
    return f"{value:.2f} ×"


def fraction(value):
    return f"{value:.2f}"


def share(value):
    return f"{value * 100:.1f} %"


def millions_per_second(value):
    return f"{value / 1e6:.2f} M/s"


def mebibytes(value):
    return f"{value / 2**20:.1f} MiB"
