"""How long the answer to a lone line takes, on a standard input that stays open."""

import gc
import os
import time

import processes
import report
import verify
from statistics_of_runs import median, percentile, take_turns

# Between two lines that come alone; long enough for every process to have gone to sleep.
PAUSE_SECONDS = 0.003


def ask(command, lines, pause):
    """Sends lines one at a time, each after the answer to the one before; returns answers and seconds."""
    with processes.limited(command[0]):
        their_input, our_output = os.pipe()
        our_input, their_output = os.pipe()
        pid = processes.start(command, their_input, their_output)
        os.close(their_input)
        os.close(their_output)
        answers, seconds = [], []
        # A collection would be seen as a slow answer.
        gc.collect()
        gc.disable()
        try:
            for line in lines:
                began = time.perf_counter()
                os.write(our_output, line)
                answer = os.read(our_input, 4096)
                seconds.append(time.perf_counter() - began)
                answers.append(answer)
                if not answer:
                    raise processes.RunFailed("ended early")
                if pause:
                    time.sleep(pause)
        finally:
            gc.enable()
            os.close(our_output)
        processes.finish(pid)
        os.close(our_input)
        return answers, seconds


def contender(command, texts, pause, is_phash):
    lines = [f"{text}\n".encode() for text in texts]

    def once():
        answers, seconds = ask(command, lines, pause)
        if is_phash:
            verify.records(command[0], b"".join(answers), texts, is_ordered=True)
        # The first line starts the child: that is start-up, which has its own workload.
        return seconds[1:]
    return once


def measure(bench):
    texts = bench.sample()[1]
    section = report.Section(
        "Latency of a lone line",
        "Standard input stays open; a line is sent when the one before is answered, at once or after a pause of"
        f" {report.milliseconds(PAUSE_SECONDS)}. From write to the return of read; `cat` shows what the pipes and the"
        " measuring cost.")
    header = ["", "median", "99th percentile", "slowest"]
    for words, pause, count in (("at once", 0, bench.sizes.latency_lines), ("after a pause", PAUSE_SECONDS, 400)):
        some = texts[: min(count, bench.sizes.latency_lines)]
        contenders = {
            name: contender([path, "-r", "1"], some, pause, True) for name, path in bench.programs.items()
        }
        contenders["cat"] = contender(["cat"], some, pause, False)
        runs = take_turns(contenders, bench.sizes.slow_repetitions + 1, lambda text: bench.tell(f"latency: {text}"))
        middle = {name: median([median(run) for run in each]) for name, each in runs.items()}
        tail = {name: median([percentile(run, 0.99) for run in each]) for name, each in runs.items()}
        section.table([words, *header[1:]], [
            [name, report.milliseconds(middle[name]), report.milliseconds(tail[name]),
             report.milliseconds(max(max(run) for run in each))] for name, each in runs.items()
        ])
        section.at_most(f"a lone line, {words}: median", middle["phash"], 0.3e-3, report.milliseconds)
        section.at_most(f"a lone line, {words}: 99th percentile", tail["phash"], 2e-3, report.milliseconds)
        if bench.old and not pause:
            figure = "a lone line, at once: median, new to old"
            section.at_most(figure, middle["phash"] / middle["older phash"], 1.03, report.fraction)
    return section
