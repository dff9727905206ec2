// Uses OpenAI's Node SDK with only OPENAI_BASE_URL and OPENAI_API_KEY set to Sluice.
// Prints its observations as one JSON object.
import fs from "node:fs";
import OpenAI from "openai";

const client = new OpenAI();
const seen = {};
const ends = ["completed", "failed", "expired", "cancelled"];

async function finished(id) {
  for (;;) {
    const batch = await client.batches.retrieve(id);
    if (ends.includes(batch.status)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function submit(path, options = {}) {
  const file = await client.files.create({
    file: fs.createReadStream(path),
    purpose: "batch",
    expires_after: { anchor: "created_at", seconds: 3600 },
  });
  seen.lifetime = file.expires_at - file.created_at;
  return client.batches.create({
    input_file_id: file.id,
    endpoint: "/v1/chat/completions",
    completion_window: "24h",
    ...options,
  });
}

async function error(call) {
  try {
    await call();
    return "none";
  } catch (failure) {
    return `${failure.constructor.name} ${failure.status} ${failure.code}`;
  }
}

const created = await submit(process.argv[2], { metadata: { name: "node" } });
const done = await finished(created.id);
seen.status = done.status;
seen.counts = done.request_counts;
seen.metadata = done.metadata;
seen.extension = done.sluice;
const output = await (await client.files.content(done.output_file_id)).text();
seen.lines = output.trimEnd().split("\n").map((line) => JSON.parse(line));

const cancelled = await client.batches.cancel((await submit(process.argv[3])).id);
seen.cancelling = cancelled.status;
const afterCancel = await finished(cancelled.id);
seen.cancelled = afterCancel.status;
seen.cancelledCounts = afterCancel.request_counts;

seen.listed = [];
for await (const batch of client.batches.list({ limit: 1 })) seen.listed.push(batch.id);
seen.expected = [cancelled.id, created.id];
seen.deleted = (await client.files.delete(done.input_file_id)).deleted;
seen.errors = {
  key: await error(() => new OpenAI({ apiKey: "sk-wrong" }).batches.list()),
  batch: await error(() => client.batches.retrieve("batch_none")),
  file: await error(() => client.files.retrieve(done.input_file_id)),
  window: await error(() => submit(process.argv[2], { completion_window: "a year" })),
  cancel: await error(() => client.batches.cancel(created.id)),
};
console.log(JSON.stringify(seen));
