"""Makes live calls with Anthropic's Python SDK and LangChain's ChatAnthropic. Prints one JSON object."""

import asyncio
import json

import anthropic
from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from pydantic import BaseModel

MODEL = "claude-haiku-4-5"
seen = {}
client = anthropic.Anthropic(max_retries=0)


def ask(content, **more):
    return {"model": MODEL, "max_tokens": 200, "messages": [{"role": "user", "content": content}], **more}


def error(call):
    try:
        call()
        return "none"
    except anthropic.APIError as failure:
        body = failure.body or {}
        return f"{type(failure).__name__} {getattr(failure, 'status_code', None)} {body.get('error', {}).get('type')}"


message = client.messages.create(**ask("The river rose."))
seen["whole"] = message.content[0].text
seen["requestId"] = message._request_id
seen["counted"] = client.messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": "The river rose."}]).input_tokens
with client.messages.stream(**ask("Rain fell on the town and the river rose.")) as stream:
    seen["streamed"] = "".join(stream.text_stream)
    seen["streamUsage"] = stream.get_final_message().usage.output_tokens


async def ask_async():
    async with anthropic.AsyncAnthropic(max_retries=0) as other:
        replies = await asyncio.gather(*(other.messages.create(**ask(f"Snow fell {i} times.")) for i in range(5)))
        return len({reply.content[0].text for reply in replies})


seen["async"] = asyncio.run(ask_async())
seen["errors"] = {
    "request": error(lambda: client.messages.create(model=MODEL, max_tokens=5, messages=[])),
    "unknown": error(lambda: client.messages.create(**ask("x", model="claude-none"))),
    "key": error(lambda: anthropic.Anthropic(api_key="sk-wrong", max_retries=0).messages.create(**ask("x"))),
}


class City(BaseModel):
    """A city."""

    about: str


@tool
def weather(about: str) -> str:
    """Returns the weather."""
    return about


chat = ChatAnthropic(model=MODEL, max_retries=0, max_tokens=200)
reply = chat.invoke([("system", "Shorten."), ("human", "The tide turned.")])
seen["chat"] = reply.content
seen["chatUsage"] = reply.usage_metadata["input_tokens"] > 0 and reply.usage_metadata["output_tokens"] > 0
seen["chatStreamed"] = "".join(chunk.text if isinstance(chunk.text, str) else chunk.text() for chunk in chat.stream("The sun set over the hills."))
seen["chatTool"] = chat.bind_tools([weather]).invoke("How is the weather?").tool_calls[0]["name"]
seen["chatStructured"] = type(chat.with_structured_output(City).invoke("Where is it?")).__name__
print(json.dumps(seen))
