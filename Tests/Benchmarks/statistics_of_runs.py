"""Medians, percentiles and ratios of runs that took turns."""

import math
import statistics


def median(values):
    return statistics.median(values)


def percentile(values, share):
    """The value below which that share of the values lies, by the nearest rank."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def ratio(values, others):
    """The median of the ratios of neighbours.

    On a shared machine the clock drifts between runs: those that followed each other are the ones to compare. Where one
    side ran less often, the rest of the other is left out.
    """
    return statistics.median(value / other for value, other in zip(values, others))


def take_turns(contenders, repetitions, tell=lambda text: None):
    """Measures contenders round robin and returns what each gave, by name.

    - contenders: a function without parameters for each name, or a pair of that and its own number of repetitions.
    """
    results = {name: [] for name in contenders}
    for turn in range(repetitions):
        for name, contender in contenders.items():
            measure, turns = contender if isinstance(contender, tuple) else (contender, repetitions)
            if turn < turns:
                words = ", ".join(name) if isinstance(name, tuple) else name
                tell(f"{words}, {turn + 1} of {turns}")
                results[name].append(measure())
    return results
