// Makes live calls with OpenAI's Node SDK. Prints its observations as one JSON object.
import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0 });
const seen = {};
const model = "gpt-4o-mini";
const ask = (content, more = {}) => ({ model, messages: [{ role: "user", content }], ...more });
const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } }];

async function error(call) {
  try {
    await call();
    return "none";
  } catch (failure) {
    return `${failure.constructor.name} ${failure.status} ${failure.code}`;
  }
}

const { data: whole, response } = await client.chat.completions.create(ask("The river rose.")).withResponse();
seen.whole = whole.choices[0].message.content;
seen.requestId = whole._request_id;
seen.rateHeader = response.headers.get("x-ratelimit-limit-requests");
seen.two = (await client.chat.completions.create(ask("The river fell.", { n: 2 }))).choices.length;
seen.tool = (await client.chat.completions.create(ask("How is the weather?", { tools }))).choices[0].message.tool_calls[0].function.name;
seen.image = (
  await client.chat.completions.create(ask([{ type: "text", text: "A dot." }, { type: "image_url", image_url: { url: pixel } }]))
).choices[0].message.content;
seen.embedding = (await client.embeddings.create({ model: "text-embedding-3-small", input: "x", dimensions: 8 })).data[0].embedding.length;
seen.models = [];
for await (const one of client.models.list()) seen.models.push(one.id);

const times = [];
let text = "";
let usage;
const stream = await client.chat.completions.create(
  ask("Rain fell on the town and the river rose over its banks in the night.", { stream: true, stream_options: { include_usage: true } }),
);
for await (const chunk of stream) {
  times.push(performance.now());
  text += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
seen.streamed = text;
seen.chunks = times.length;
seen.spread = times.at(-1) - times[0];
seen.usage = usage.total_tokens;

let args = "";
for await (const chunk of await client.chat.completions.create(ask("And now?", { tools, stream: true }))) {
  args += chunk.choices[0]?.delta?.tool_calls?.[0]?.function?.arguments ?? "";
}
seen.streamedArguments = typeof JSON.parse(args);

const response1 = await client.responses.create({ model, instructions: "Shorten.", input: "The tide turned." });
seen.response = response1.output_text;
seen.responseUsage = response1.usage.input_tokens > 0 && response1.usage.output_tokens > 0;
seen.responseId = response1._request_id;
const functions = [{ type: "function", name: "weather", parameters: { type: "object", properties: {} }, strict: false }];
seen.responseTool = (await client.responses.create({ model, input: "How is the weather?", tools: functions })).output[0].name;
const picture = [{ role: "user", content: [{ type: "input_text", text: "A dot." }, { type: "input_image", image_url: pixel, detail: "low" }] }];
seen.responseImage = (await client.responses.create({ model, input: picture })).output_text;
seen.responseEvents = [];
const responseTimes = [];
const responseStream = client.responses.stream({ model, input: "Snow fell on the hills and the roads were closed for the whole of the night." });
for await (const event of responseStream) {
  if (seen.responseEvents.at(-1) !== event.type) seen.responseEvents.push(event.type);
  responseTimes.push(performance.now());
}
seen.responseStreamed = (await responseStream.finalResponse()).output_text;
seen.responseSpread = responseTimes.at(-1) - responseTimes[0];

const aborted = await client.chat.completions.create(ask("[[sluice:slow=100ms]] One word after the other, and more words, and more.", { stream: true }));
let read = 0;
for await (const chunk of aborted) if (++read === 3) break;
seen.abortedAfter = read;

seen.errors = {
  request: await error(() => client.chat.completions.create({ model, messages: [] })),
  model: await error(() => client.chat.completions.create({ model: "gpt-9", messages: [{ role: "user", content: "x" }] })),
  key: await error(() => new OpenAI({ apiKey: "sk-wrong", maxRetries: 0 }).chat.completions.create(ask("x"))),
  clientTimeout: await error(() => client.chat.completions.create(ask("[[sluice:slow=20s]] a"), { timeout: 700 })),
  ownTimeout: await error(() => client.chat.completions.create(ask("[[sluice:slow=20s]] b"), { headers: { "X-Sluice-Timeout": "700ms" } })),
  broken: await error(async () => {
    for await (const chunk of await client.chat.completions.create(ask("[[sluice:half-body]] It ends in the middle.", { stream: true }))) void chunk;
  }),
  response: await error(() => client.responses.create({ model, input: 7 })),
  brokenResponse: await error(async () => {
    for await (const event of await client.responses.create({ model, input: "[[sluice:half-body]] It ends in the middle.", stream: true })) void event;
  }),
  beforeTheFirst: await error(async () => {
    for await (const chunk of await client.chat.completions.create(ask("[[sluice:resetx1]] Only the first time.", { stream: true }))) void chunk;
  }),
};
console.log(JSON.stringify(seen));
