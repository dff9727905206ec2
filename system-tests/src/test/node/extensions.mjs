// Uses Sluice's extensions of a batch with OpenAI's Node SDK, with only OPENAI_BASE_URL and OPENAI_API_KEY set to Sluice.
// Prints its observations as one JSON object.
import OpenAI, { toFile } from "openai";

const client = new OpenAI();
const ends = ["completed", "failed", "expired", "cancelled"];
const schema = { type: "object", required: ["title"], properties: { title: { type: "string" } } };

function line(customId, prompt, members = {}) {
  const messages = [{ role: "user", content: prompt }];
  const body = { model: "gpt-4o-mini", messages, ...members };
  return JSON.stringify({ custom_id: customId, method: "POST", url: "/v1/chat/completions", body });
}

async function create(lines, extensions) {
  const file = await client.files.create({
    file: await toFile(Buffer.from(lines.join("\n")), "lines.jsonl"),
    purpose: "batch",
  });
  return client.batches.create({
    input_file_id: file.id,
    endpoint: "/v1/chat/completions",
    completion_window: "24h",
    ...extensions,
  });
}

async function follow(batch, isReached) {
  for (;;) {
    if (isReached(batch)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 200));
    batch = await client.batches.retrieve(batch.id);
  }
}

const finished = (batch) => follow(batch, ({ status }) => ends.includes(status));

const plain = [
  line("cut", "The tide turned and the river rose over its banks.", { max_tokens: 4 }),
  line("whole", "The river rose."),
];
const options = {
  budget: 5,
  cut_off: "keep",
  stop_after: { failed_ratio: 0.5, of_first: 100 },
};
const first = await finished(await create(plain, options));
const again = await finished(await create(plain, { reuse: "1d", ...options }));
const format = { type: "json_schema", json_schema: { name: "title", schema } };
const title = line("title", "[[sluice:invalid-output]] Name it.", { response_format: format });
const check = { schema, re_ask: 1 };
const checked = await finished(await create([title], { check, priority: 20 }));
const failing = await create(
  [line("bad", "[[sluice:400]]"), line("slow", "[[sluice:slow=20s]]")],
  { stop_after: { failed: 1, of_first: 2 } },
);
const paused = await follow(failing, ({ sluice }) => sluice.paused_by !== null);
await client.batches.cancel(paused.id);

async function results(after) {
  const server = client.baseURL.replace(/\/v1$/, "");
  const url = `${server}/api/batches/${again.id}/results?limit=1&after=${after}`;
  const response = await client.get(url).asResponse();
  return (await response.text()).trimEnd().split("\n").map((text) => JSON.parse(text));
}

const one = await results("");
const two = await results(one[0].sluice.cursor);
const errors = await (await client.files.content(checked.error_file_id)).text();
console.log(
  JSON.stringify({
    first: first.sluice,
    again: again.sluice,
    checked: checked.sluice,
    error: JSON.parse(errors).error.code,
    paused: paused.sluice.paused_by,
    results: [...one, ...two].map((found) => found.custom_id).sort(),
  }),
);
