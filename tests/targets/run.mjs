// Runs generated TypeScript: one question a line on standard input, one answer a line.
//
// A question is { source, how, requests }: the text of a module and JSON texts of requests. `how`
// is "json" (the text itself is checked) or "object" (what JSON.parse makes of it). An answer holds
// for each request what the module says, or the error that it throws.

import { createInterface } from "node:readline";

import ts from "typescript";

const modules = new Map();

/** The module that a text makes; types are stripped, not checked. */
async function load(source) {
  if (!modules.has(source)) {
    const options = { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(source, { compilerOptions: options });
    const encoded = Buffer.from(outputText).toString("base64");
    modules.clear();
    modules.set(source, await import(`data:text/javascript;base64,${encoded}`));
  }
  return modules.get(source);
}

function asked(module, how, text) {
  try {
    const made = how === "script" ? (0, eval)(text) : null;
    if (how === "json") return { decision: module.checkJson(text) };
    return { decision: module.check(how === "script" ? made : JSON.parse(text)) };
  } catch (error) {
    if (error instanceof module.RequestError) {
      return { error: { code: error.code, path: error.path, message: error.message } };
    }
    return { defect: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { source, how, requests } = JSON.parse(line);
    const module = await load(source);
    answer = requests.map((text) => asked(module, how, text));
  } catch (error) {
    answer = { defect: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
