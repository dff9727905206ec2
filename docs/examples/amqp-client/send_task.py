#!/usr/bin/env python3
"""Publish one LLM task to Sluice with a plain AMQP client and read its result.

Needs only an AMQP 0.9.1 library (here pika: `apt install python3-pika` or
`pip install pika`). Usage:

    SLUICE_AMQP_URL=amqp://... python3 send_task.py ROUTE MODEL "The prompt"
"""
import json
import os
import sys
import uuid

import pika


def main() -> int:
    if len(sys.argv) != 4 or "SLUICE_AMQP_URL" not in os.environ:
        print(__doc__, file=sys.stderr)
        return 2
    route, model, prompt = sys.argv[1:]
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["SLUICE_AMQP_URL"]))
    channel = connection.channel()

    # This queue receives every outcome of the route: completed, failed, expired, cancelled.
    # Bind it before the task is published, so that no outcome is missed.
    outcomes = channel.queue_declare(queue="", exclusive=True).method.queue
    channel.queue_bind(queue=outcomes, exchange="sluice.outcomes", routing_key=f"*.{route}")

    # The body is the provider's request, byte for byte. Sluice also requires a message id.
    task_id = str(uuid.uuid4())
    channel.confirm_delivery()
    channel.basic_publish(
        exchange="sluice.tasks",
        routing_key=route,
        mandatory=True,  # an unknown route raises UnroutableError instead of losing the task
        body=json.dumps({"model": model, "messages": [{"role": "user", "content": prompt}]}),
        properties=pika.BasicProperties(
            message_id=task_id,
            type="/v1/chat/completions",
            content_type="application/json",
            delivery_mode=2,  # persistent: survives a broker restart
            headers={"sluice-custom-id": "my-request-1"},
        ),
    )
    print(f"published {task_id}", file=sys.stderr)

    for method, properties, body in channel.consume(outcomes, inactivity_timeout=120):
        if method is None:
            print("no outcome within 120 s. Check that a worker for this route is running.", file=sys.stderr)
            return 1
        channel.basic_ack(method.delivery_tag)
        if properties.message_id != task_id:
            continue  # another client's task on the same route
        headers = properties.headers
        outcome = headers["sluice-outcome"]
        print(
            f"{outcome} after {headers['sluice-attempts']} attempt(s) and "
            f"{headers['sluice-throttles']} rate limit(s), {headers['sluice-latency-ms']} ms",
            file=sys.stderr,
        )
        if outcome == "completed":
            print(json.loads(body)["choices"][0]["message"]["content"])
            return 0
        print(f"{headers['sluice-failure-code']}: {headers['sluice-failure-detail']}", file=sys.stderr)
        return 1
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except pika.exceptions.UnroutableError:
        print(f"Route {sys.argv[1]} does not exist. Check the route name.", file=sys.stderr)
        sys.exit(1)
