// Makes live calls with Anthropic's Node SDK. Prints its observations as one JSON object.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ maxRetries: 0 });
const seen = {};
const model = "claude-haiku-4-5";
const ask = (content, more = {}) => ({ model, max_tokens: 200, messages: [{ role: "user", content }], ...more });
const tools = [{ name: "weather", input_schema: { type: "object", properties: {} } }];

async function error(call) {
  try {
    await call();
    return "none";
  } catch (failure) {
    return `${failure.constructor.name} ${failure.status} ${failure.error?.error?.type} ${failure.requestID ? "id" : "-"}`;
  }
}

const { data: whole, response } = await client.messages.create(ask("The river rose.", { system: "Shorten." })).withResponse();
seen.whole = whole.content[0].text;
seen.stop = whole.stop_reason;
seen.usage = whole.usage.input_tokens > 0 && whole.usage.output_tokens > 0;
seen.requestId = whole._request_id;
seen.rateHeader = response.headers.get("anthropic-ratelimit-requests-limit");
seen.counted = (await client.messages.countTokens({ model, messages: [{ role: "user", content: "The river rose." }] })).input_tokens;
seen.tool = (await client.messages.create(ask("How is the weather?", { tools }))).content[0].name;

const times = [];
const stream = client.messages.stream(ask("Rain fell on the town and the river rose over its banks in the night."));
stream.on("text", () => times.push(performance.now()));
const final = await stream.finalMessage();
seen.streamed = final.content[0].text;
seen.spread = times.at(-1) - times[0];
seen.streamUsage = final.usage.input_tokens > 0 && final.usage.output_tokens > 5;
seen.beta = (await client.beta.messages.create(ask("The tide turned.", { betas: ["context-1m-2025-08-07"] }))).content[0].text;

let chunks = 0;
for await (const event of await client.messages.create(ask("Words ".repeat(400), { stream: true }))) {
  if (event.type === "content_block_delta" && ++chunks === 3) break;
}
seen.abortedAfter = chunks;

const wrongKey = new Anthropic({ maxRetries: 0, apiKey: "sk-wrong" });
const bearer = new Anthropic({ maxRetries: 0, apiKey: null, authToken: process.env.ANTHROPIC_API_KEY });
seen.bearer = (await bearer.messages.create(ask("The sun set."))).content[0].text;
seen.errors = {
  request: await error(() => client.messages.create({ model, max_tokens: 5, messages: [] })),
  unknown: await error(() => client.messages.create(ask("x", { model: "claude-none" }))),
  key: await error(() => wrongKey.messages.create(ask("x"))),
  invalid: await error(() => client.messages.create(ask("x", { stream: "on" }))),
  timeout: await error(() => client.messages.create(ask("[[sluice:slow=20s]] x"), { headers: { "X-Sluice-Timeout": "500ms" } })),
  clientTimeout: await error(() => client.messages.create(ask("[[sluice:slow=20s]] x"), { timeout: 700 })),
  broken: await error(async () => {
    for await (const event of await client.messages.create(ask("[[sluice:half-body]] It ends in between.", { stream: true }))) void event;
  }),
};
console.log(JSON.stringify(seen));
