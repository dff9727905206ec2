"""Runs the graph in eight processes with one key, 60 calls in total. Prints a summary as JSON."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import graph

PROCESSES = 8
CALLS = 60


def main() -> None:
    topics = [f"river number {i + 1}" for i in range(CALLS)]
    parts = [topics[i::PROCESSES] for i in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, get_context("fork")) as pool:
        results = list(pool.map(graph.run, parts))
    finished = [result for result in results if "error" not in result]
    seconds = max(r["ended"] for r in finished) - min(r["began"] for r in finished) if finished else None
    summary = {
        "seconds": seconds,
        "processes": PROCESSES,
        "finished": len(finished),
        "stories": sum(len(result["stories"]) for result in finished),
        "errors": [result["error"] for result in results if "error" in result],
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
