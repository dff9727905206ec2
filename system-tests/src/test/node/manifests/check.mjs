// node check.mjs FILE: checks the manifests of a JSON array against the types of their kinds (field names) and the
// schemas (values). Prints one line per problem.
import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";

const manifests = JSON.parse(readFileSync(process.argv[2], "utf8"));
const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata?.name}`);

function module({ apiVersion, kind }) {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  switch (group) {
    case "keda.sh":
      return `@kubernetes-models/keda/${apiVersion}/${kind}`;
    case "monitoring.coreos.com":
      return `@kubernetes-models/prometheus-operator/${apiVersion}/${kind}`;
    case "gateway.networking.k8s.io":
      return `@kubernetes-models/gateway-api/${apiVersion}/${kind}`;
    case "rabbitmq.com":
      return "./rabbitmq-cluster.js";
    default:
      return `kubernetes-models/${apiVersion}/${kind}`;
  }
}

function byType() {
  const source = manifests
    .map(
      (one, i) =>
        `import type { I${one.kind} as T${i} } from "${module(one)}"; export const m${i}: T${i} = ${JSON.stringify(one)};`,
    )
    .join("\n");
  writeFileSync("manifests.ts", source);
  const program = ts.createProgram(["manifests.ts"], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  return ts.getPreEmitDiagnostics(program).map((found) => {
    const text = ts.flattenDiagnosticMessageText(found.messageText, " ").replace(/\s+/g, " ");
    if (!found.file?.fileName.endsWith("manifests.ts")) {
      return `${found.file?.fileName}: ${text}`;
    }
    return `${names[found.file.getLineAndCharacterOfPosition(found.start).line]}: ${text}`;
  });
}

async function bySchema() {
  const problems = [];
  for (const [i, one] of manifests.entries()) {
    if (!module(one).startsWith(".")) {
      try {
        const models = await import(module(one));
        new models[one.kind](one).validate();
      } catch (wrong) {
        problems.push(`${names[i]}: ${wrong.message}`);
      }
    }
  }
  return problems;
}

for (const problem of [...byType(), ...(await bySchema())]) {
  console.log(problem);
}
