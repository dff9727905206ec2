"""A graph that writes a story about each topic, all in parallel. It has no rate limit handling."""

import operator
import time
from typing import Annotated, TypedDict

from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send
from openai import OpenAIError

# The environment variable OPENAI_BASE_URL selects the server. Without it, add one line:
#     base_url="http://127.0.0.1:8080/v1",
model = ChatOpenAI(
    model="gpt-4o-mini",
    max_tokens=60,
    max_retries=0,  # Sluice retries, and it schedules all callers
    timeout=600,
    default_headers={"X-Sluice-Step": "write"},
)


class State(TypedDict):
    topics: list[str]
    stories: Annotated[list[dict], operator.add]


def write(branch: dict) -> dict:
    topic = branch["topic"]
    reply = model.invoke(f"Write two sentences about {topic}.")
    return {"stories": [{"topic": topic, "text": reply.content}]}


def fan_out(state: State) -> list[Send]:
    return [Send("write", {"topic": topic}) for topic in state["topics"]]


graph = (
    StateGraph(State)
    .add_node("write", write)
    .add_conditional_edges(START, fan_out, ["write"])
    .add_edge("write", END)
    .compile()
)


def run(topics: list[str]) -> dict:
    """Runs the graph. Returns its stories, or the error that ended it."""
    began = time.time()
    try:
        stories = graph.invoke({"topics": topics, "stories": []})["stories"]
        return {"began": began, "ended": time.time(), "stories": stories}
    except OpenAIError as failure:
        return {"error": f"{type(failure).__name__}: {failure}"}
