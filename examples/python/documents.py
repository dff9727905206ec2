"""Summarises the text files of a folder in one batch, with OpenAI's SDK.

    export OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=sk-sluice-…
    python documents.py submit FOLDER     prints the id of the batch
    python documents.py follow BATCH      waits for the end of the batch and prints its results as JSON lines
    python documents.py retry BATCH       sends the failed documents to the provider again, and waits for them
"""

import io
import json
import os
import sys
import time
import urllib.request
from pathlib import Path

from openai import OpenAI

FINISHED = ("completed", "failed", "expired", "cancelled")
MODEL = "gpt-4o-mini"
PROMPT = "Summarise this document in three sentences."

client = OpenAI()


def submit(folder: str) -> None:
    lines = [request(path) for path in sorted(Path(folder).glob("*.txt"))]
    if not lines:
        sys.exit(f"{folder} contains no *.txt file")
    content = "\n".join(json.dumps(line) for line in lines)
    file = client.files.create(file=("documents.jsonl", io.BytesIO(content.encode())), purpose="batch")
    batch = client.batches.create(
        input_file_id=file.id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        metadata={"name": folder},
    )
    print(batch.id)


def request(path: Path) -> dict:
    return {
        "custom_id": path.name,  # names the line of the result
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {
            "model": MODEL,
            "messages": [
                {"role": "system", "content": PROMPT},
                {"role": "user", "content": path.read_text(encoding="utf-8")},
            ],
        },
    }


def follow(batch_id: str) -> None:
    """A batch may be followed again, also from another machine: the results stay on the server."""
    while (batch := client.batches.retrieve(batch_id)).status not in FINISHED:
        counts = batch.request_counts
        print(f"{counts.completed + counts.failed} of {counts.total} finished", file=sys.stderr)
        time.sleep(1)
    print_results(batch)


def print_results(batch) -> None:
    for line in lines_of(batch.output_file_id):
        text = line["response"]["body"]["choices"][0]["message"]["content"]
        print(json.dumps({"document": line["custom_id"], "summary": text}, ensure_ascii=False))
    for line in lines_of(batch.error_file_id):
        error = line["error"] or line["response"]["body"]["error"]
        print(json.dumps({"document": line["custom_id"], "error": error["message"]}, ensure_ascii=False))


def lines_of(file_id: str | None) -> list[dict]:
    if file_id is None:
        return []
    return [json.loads(line) for line in client.files.content(file_id).text.splitlines()]


def retry(batch_id: str) -> None:
    """Failed documents are dead letters of the batch. A job replays them; the batch keeps its id and its results."""
    job = call("/api/dead-letters/jobs", {"action": "replay", "filter": {"batch": batch_id}, "reason": "retry"})
    while job["state"] == "running":
        time.sleep(0.2)
        job = call(f"/api/dead-letters/jobs/{job['id']}")
    print(f"{job['succeeded']} documents are sent again", file=sys.stderr)
    while unfinished(batch := client.batches.retrieve(batch_id)):
        time.sleep(0.5)
    print_results(batch)


def unfinished(batch) -> bool:
    counts = batch.request_counts
    return counts.completed + counts.failed < counts.total


def call(path: str, body: dict | None = None) -> dict:
    """Sluice's own API is beside OpenAI's, at the same address and with the same key."""
    url = os.environ["OPENAI_BASE_URL"].removesuffix("/v1") + path
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {client.api_key}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as reply:
        return json.load(reply)


def main() -> None:
    commands = {"submit": submit, "follow": follow, "retry": retry}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](sys.argv[2])


if __name__ == "__main__":
    main()
