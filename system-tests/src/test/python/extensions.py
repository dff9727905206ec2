"""Uses Sluice's extensions of a batch with OpenAI's Python SDK, with OPENAI_BASE_URL and OPENAI_API_KEY set to Sluice.

Prints its observations as one JSON object.
"""

import io
import json
import os
import time
import urllib.request

from openai import OpenAI

FINISHED = ("completed", "failed", "expired", "cancelled")
SCHEMA = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}

client = OpenAI()


def line(custom_id: str, prompt: str, **body) -> str:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": prompt}], **body}
    request = {"custom_id": custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}
    return json.dumps(request)


def create(lines: list[str], **extensions):
    file = client.files.create(file=("lines.jsonl", io.BytesIO("\n".join(lines).encode())), purpose="batch")
    return client.batches.create(
        input_file_id=file.id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        extra_body=extensions,
    )


def follow(batch, until):
    while not until(batch):
        time.sleep(0.2)
        batch = client.batches.retrieve(batch.id)
    return batch


def finished(batch):
    return follow(batch, lambda found: found.status in FINISHED)


plain = [line("cut", "The tide turned and the river rose over its banks.", max_tokens=4), line("whole", "The river rose.")]
options = {"budget": 5, "cut_off": "keep", "stop_after": {"failed_ratio": 0.5, "of_first": 100}}
first = finished(create(plain, **options))
again = finished(create(plain, reuse="1d", **options))
response_format = {"type": "json_schema", "json_schema": {"name": "title", "schema": SCHEMA}}
checked = finished(
    create(
        [line("title", "[[sluice:invalid-output]] Name it.", response_format=response_format)],
        check={"schema": SCHEMA, "re_ask": 1},
        priority=20,
    )
)
failing = create(
    [line("bad", "[[sluice:400]]"), line("slow", "[[sluice:slow=20s]]")],
    stop_after={"failed": 1, "of_first": 2},
)
paused = follow(failing, lambda found: found.sluice["paused_by"] is not None)
client.batches.cancel(paused.id)

server = os.environ["OPENAI_BASE_URL"].removesuffix("/v1")


def results(after: str = "") -> list[dict]:
    url = f"{server}/api/batches/{again.id}/results?limit=1&after={after}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {client.api_key}"})
    with urllib.request.urlopen(request) as response:
        return [json.loads(text) for text in response.read().splitlines()]


one = results()
two = results(one[0]["sluice"]["cursor"])
print(
    json.dumps(
        {
            "first": first.sluice,
            "again": again.sluice,
            "checked": checked.sluice,
            "error": json.loads(client.files.content(checked.error_file_id).text)["error"]["code"],
            "paused": paused.sluice["paused_by"],
            "results": sorted(found["custom_id"] for found in one + two),
        }
    )
)
