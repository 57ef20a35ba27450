"""What must be true of every status line."""

COUNTERS = ["elapsed_s", "records_in", "records_out", "errors", "bytes_in", "bytes_out", "restarts"]
MEMBERS = COUNTERS + ["records_per_s", "in_flight", "buffered_bytes", "jobs", "busy", "workers"]


def complaints(status, previous, jobs):
    """What is wrong with a status line, given the one before or None."""
    missing = [name for name in MEMBERS if name not in status]
    if missing:
        return [f"{', '.join(missing)} missing"]
    workers = status["workers"]
    pids = [worker["pid"] for worker in workers if worker["pid"] is not None]
    rules = {
        "negative": all(status[name] >= 0 for name in MEMBERS if name != "workers"),
        "in_flight is not the difference": status["in_flight"] == status["records_in"] - status["records_out"],
        "more errors than records": status["errors"] <= status["records_out"],
        "other jobs": status["jobs"] == jobs,
        "too many workers": len(workers) <= jobs and status["busy"] <= len(workers),
        "a process in two places": len(set(pids)) == len(pids),
        "restarts are not the sum": status["restarts"] == sum(worker["restarts"] for worker in workers),
        "workers did more than there was": sum(worker["records"] for worker in workers) <= status["records_in"],
    }
    if previous is not None:
        rules["goes backwards"] = all(status[name] >= previous[name] for name in COUNTERS)
    return [words for words, is_kept in rules.items() if not is_kept]
