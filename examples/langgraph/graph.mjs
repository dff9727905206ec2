// One of several processes: a graph that writes a story about each topic, all in parallel.
// It has no rate limit handling; OPENAI_BASE_URL selects the server.
import { Annotation, END, Send, START, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";

const model = new ChatOpenAI({
  model: "gpt-4o-mini",
  maxTokens: 60,
  maxRetries: 0,
  configuration: {
    baseURL: process.env.OPENAI_BASE_URL,
    defaultHeaders: { "X-Sluice-Step": "write" },
  },
});

const State = Annotation.Root({
  topics: Annotation(),
  stories: Annotation({ reducer: (stories, added) => stories.concat(added), default: () => [] }),
});

const graph = new StateGraph(State)
  .addNode("write", async ({ topic }) => {
    const reply = await model.invoke(`Write two sentences about ${topic}.`);
    return { stories: [{ topic, text: reply.content }] };
  })
  .addConditionalEdges(START, ({ topics }) => topics.map((topic) => new Send("write", { topic })))
  .addEdge("write", END)
  .compile();

const began = Date.now();
try {
  const { stories } = await graph.invoke({ topics: process.argv.slice(2) });
  console.log(JSON.stringify({ began, ended: Date.now(), stories }));
} catch (failure) {
  console.log(JSON.stringify({ error: failure.name, status: failure.status, message: failure.message }));
}
