// submit.mjs BATCH RESULTS: adds the tasks of a batch file, waits until all have finished, and writes
// "completed ID" or "failed ID" for each. On SIGTERM it writes those that have finished.
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Queue } from "bullmq";
import { QUEUE, connection } from "./connection.mjs";

const [batch, results] = process.argv.slice(2);
const queue = new Queue(QUEUE, { connection: connection(1) });
queue.on("error", (error) => console.error(`queue: ${error.message}`));

const BODY = /"body":(\{.*\})\}$/;
const jobs = readFileSync(batch, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => ({
    name: "task",
    data: { body: BODY.exec(line)[1] },
    opts: {
      jobId: JSON.parse(line).custom_id,
      attempts: 5,
      backoff: { type: "exponential", delay: 1000, jitter: 0.5 },
    },
  }));

process.on("SIGTERM", () => finish(1));
await queue.addBulk(jobs);
while ((await finished()) < jobs.length) await pause(100);
await finish(0);

/** Number of finished jobs; 0 while Redis is down. */
async function finished() {
  try {
    const counts = await queue.getJobCounts("completed", "failed");
    return counts.completed + counts.failed;
  } catch (error) {
    console.error(`redis: ${error.message}`);
    return 0;
  }
}

async function finish(code) {
  const lines = [];
  for (const state of ["completed", "failed"]) {
    for (const job of await queue.getJobs([state], 0, -1)) lines.push(`${state} ${job.id}`);
  }
  writeFileSync(results, lines.map((line) => `${line}\n`).join(""));
  process.exit(code);
}
