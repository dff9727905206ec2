// Runs the graph in eight processes with one key, 60 calls in total. Prints a summary as JSON.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROCESSES = 8;
const CALLS = 60;
const graph = fileURLToPath(new URL("graph.mjs", import.meta.url));

const batches = Array.from({ length: PROCESSES }, () => []);
for (let i = 0; i < CALLS; i++) batches[i % PROCESSES].push(`river number ${i + 1}`);

function run(topics) {
  return new Promise((resolve) => {
    execFile(process.execPath, [graph, ...topics], (failure, out, err) => {
      resolve(failure ? { error: "exit", message: err } : JSON.parse(out));
    });
  });
}

const results = await Promise.all(batches.map(run));
const finished = results.filter((result) => !result.error);
const began = Math.min(...finished.map((result) => result.began));
const ended = Math.max(...finished.map((result) => result.ended));
const stories = results.flatMap((result) => result.stories ?? []);
const errors = results
  .filter((result) => result.error)
  .map((result) => `${result.error} ${result.status}: ${result.message}`);
console.log(
  JSON.stringify({
    seconds: finished.length > 0 ? (ended - began) / 1000 : null, // without the start of the processes
    processes: PROCESSES,
    finished: finished.length,
    stories: stories.length,
    errors,
  }),
);
