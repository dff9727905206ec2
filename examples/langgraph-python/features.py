"""Streaming, tools, structured output and async calls of LangChain. Prints the results as JSON."""

import asyncio
import json

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from graph import model


@tool
def weather(city: str = "Bern") -> str:
    """The weather in a city."""
    return f"It rains in {city}."


class Place(BaseModel):
    """A place on a map."""

    city: str = "unknown"


async def run_parallel(count: int) -> dict:
    """Several calls at the same time, and a stream."""
    replies = await asyncio.gather(*(model.ainvoke(f"The river rose {i} times.") for i in range(count)))
    words = [chunk.content async for chunk in model.astream("Snow fell on the hills.")]
    return {"replies": len(replies), "streamed": "".join(words)}


def ask_with_tool(question: str) -> dict:
    """One round with a tool: the model asks for it, and its result goes back to the model."""
    messages = [HumanMessage(question)]
    asked = model.bind_tools([weather]).invoke(messages)
    messages.append(asked)
    for call in asked.tool_calls:
        messages.append(ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"]))
    answer = model.bind_tools([weather]).invoke(messages)
    return {"tool": asked.tool_calls[0]["name"], "answer": answer.content}


def main() -> None:
    chunks = list(model.stream("Rain fell on the town and the river rose."))
    by_function = model.with_structured_output(Place, method="function_calling")
    by_schema = model.with_structured_output(Place, method="json_schema")
    seen = {
        "streamed": "".join(chunk.content for chunk in chunks),
        "chunks": len(chunks),
        "tool": ask_with_tool("How is the weather?"),
        "function": by_function.invoke("Where does the Aare flow?").city,
        "schema": by_schema.invoke("Bern").city,
        "async": asyncio.run(run_parallel(5)),
        "usage": model.invoke("The tide turned.").usage_metadata["total_tokens"],
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
