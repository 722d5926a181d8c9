import ts from "typescript";
import type { Violation } from "./layers";
import { parse, type SourceTree } from "./source-tree";

/** Every file below `ports/` that still says something after the compiler has erased its types. */
export function checkPortsEmitNothing(tree: SourceTree): readonly Violation[] {
  return [...tree]
    .filter(([file]) => file.startsWith("ports/"))
    .flatMap(([file, text]) => {
      const left = emittedStatements(file, text);
      return left.length === 0 ? [] : [{ rule: "port-emits" as const, file, detail: left.join(" ") }];
    });
}

function emittedStatements(file: string, text: string): readonly string[] {
  const { outputText } = ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      removeComments: true,
    },
  });
  return parse(file, outputText)
    .statements.map((statement) => statement.getText())
    .filter((statement) => statement !== "export {};");
}
