// Reads {tables, queries} from stdin with Microsoft's parser; answers what is wrong with each query and what it uses.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { argv, stdin, stdout } from "node:process";

const load = createRequire(argv[2] + "/");
for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) load("@kusto/language-service-next/" + file);
const { Symbols, Syntax, GlobalState, KustoCode } = globalThis.Kusto.Language;

const { tables, queries } = JSON.parse(readFileSync(stdin.fd, "utf8"));
const known = Object.entries(tables).map(([name, columns]) => new Symbols.TableSymbol.$ctor7(name, columns, ""));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("workspace", known));

function all(list) {
  return Array.from({ length: list?.Count ?? 0 }, (_, place) => list.getItem(place));
}

function read(text) {
  const code = KustoCode.ParseAndAnalyze(text, globals);
  const used = { wrong: [], tables: [], properties: [], compared: [], columns: {} };
  for (const { Severity, Start, Message } of all(code.GetDiagnostics())) {
    used.wrong.push(`${Severity} in line ${text.slice(0, Start).split("\n").length}: ${Message}`);
  }
  const answer = all(code.Syntax.Statements).at(-1)?.Element?.Expression?.ResultType;
  for (const { Name, Type } of all(answer?.Columns)) used.columns[Name] = Type.Name;
  Syntax.SyntaxElement.WalkNodes(code.Syntax, (node) => note(node, text, used));
  return used;
}

function note(node, text, used) {
  const said = text.slice(node.TextStart, node.End);
  if (Bridge.is(node, Syntax.PathExpression) || Bridge.is(node, Syntax.ElementExpression)) used.properties.push(said);
  if (Bridge.is(node, Syntax.BinaryExpression) || Bridge.is(node, Syntax.InExpression)) used.compared.push(said);
  if (Bridge.is(node, Syntax.NameReference) && said in tables) used.tables.push(said);
}

stdout.write(JSON.stringify(Object.fromEntries(Object.entries(queries).map(([name, text]) => [name, read(text)]))));
