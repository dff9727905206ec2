// Worker process with BullMQ's limiter. On a 429 it follows BullMQ's guide, section "Manual rate-limit".
import { Queue, Worker } from "bullmq";
import { QUEUE, connection } from "./connection.mjs";

const { PROVIDER_URL, PROVIDER_KEY, MILLIS_PER_JOB } = process.env;
const CALL_TIMEOUT = 120_000;
const DEFAULT_RETRY_AFTER = 1000;
// Without a limiter BullMQ ignores manual rate limits, too.
const NO_LIMIT = { max: 1_000_000, duration: 1000 };

const queue = new Queue(QUEUE, { connection: connection(null) });
const worker = new Worker(QUEUE, work, {
  connection: connection(null),
  concurrency: 8,
  // Detects the jobs of a dead worker after 10 s instead of 30 s; live workers renew their locks.
  lockDuration: 10_000,
  stalledInterval: 10_000,
  limiter: MILLIS_PER_JOB ? { max: 1, duration: Number(MILLIS_PER_JOB) } : NO_LIMIT,
});

async function work(job) {
  const response = await fetch(`${PROVIDER_URL}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${PROVIDER_KEY}`, "content-type": "application/json" },
    body: job.data.body,
    signal: AbortSignal.timeout(CALL_TIMEOUT),
  });
  const text = await response.text();
  if (response.status === 429) {
    await queue.rateLimit(retryAfter(response.headers));
    throw Worker.RateLimitError(); // requeues the job without counting an attempt
  }
  if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text).choices[0].message.content;
}

function retryAfter(headers) {
  const millis = Number(headers.get("retry-after-ms"));
  const seconds = Number(headers.get("retry-after"));
  return millis || seconds * 1000 || DEFAULT_RETRY_AFTER;
}

worker.on("error", (error) => console.error(`worker: ${error.message}`));
queue.on("error", (error) => console.error(`queue: ${error.message}`));
process.on("SIGTERM", () => process.exit(0));
await worker.waitUntilReady();
console.log("ready");
