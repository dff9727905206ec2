// The same graph in eight processes with one key, 60 calls in all. Prints what came of each.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROCESSES = 8;
const CALLS = 60;
const graph = fileURLToPath(new URL("graph.mjs", import.meta.url));

const topics = Array.from({ length: PROCESSES }, () => []);
for (let i = 0; i < CALLS; i++) topics[i % PROCESSES].push(`river number ${i + 1}`);

function run(some) {
  return new Promise((resolve) => {
    execFile(process.execPath, [graph, ...some], (failure, out, err) => {
      resolve(failure ? { error: "exit", message: err } : JSON.parse(out));
    });
  });
}

const start = performance.now();
const ends = await Promise.all(topics.map(run));
const stories = ends.flatMap((end) => end.stories ?? []);
const errors = ends.filter((end) => end.error).map((end) => `${end.error} ${end.status}: ${end.message}`);
console.log(
  JSON.stringify({
    seconds: Math.round((performance.now() - start) / 100) / 10,
    processes: PROCESSES,
    finished: ends.length - errors.length,
    stories: stories.length,
    errors,
  }),
);
