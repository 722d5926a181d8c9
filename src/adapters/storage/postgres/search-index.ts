import type { RawBuilder } from "kysely";
import type { Kind } from "../../../core/model/record";
import type { Migration } from "../sql/migrations";
import { columnOf } from "../sql/tables";
import { qualified, rawStatement, tableOf, type PostgresBuilder } from "./dialect";
import { alphabet, MARKS, MAX_TEXT, MAX_WORD, type CodePoints } from "./search-skeleton";

/** How many characters of an address are looked up together: as many as a search must have. */
export const GRAM_LENGTH = 3;

/** The words of a message as the index has them. A search has to use this expression to the letter. */
export function indexedWords(builder: PostgresBuilder): RawBuilder<unknown> {
  const { sql } = builder;
  const body = sql.id("body");
  // Most texts are short and ASCII. They are spared the function, which costs several times as much to call as to run.
  const isPlain = sql`length(${body}) <= ${sql.lit(MAX_WORD)} and octet_length(${body}) = length(${body})`;
  const plain = sql.raw(plainWords('"body"'));
  return sql`array_to_tsvector(string_to_array(case when ${isPlain} then ${plain} else ${wordsFunction(builder)}(${body}) end, ' '))`;
}

/** The words of a text in ASCII of which none is too long. */
function plainWords(text: string): string {
  return `lower(btrim(regexp_replace(${text}, '[^0-9A-Za-z]+', ' ', 'g')) collate "C")`;
}

/** All pieces of an address of three characters, as the index has them. */
export function indexedGrams(builder: PostgresBuilder): RawBuilder<unknown> {
  const { sql } = builder;
  return sql`${gramsFunction(builder)}(${sql.id("contact")})`;
}

/** Makes what searching needs. An index is made of the records that are there, and kept by the server with every write. */
export function searchMigration(builder: PostgresBuilder): Migration {
  return { name: "search-0001", statements: () => searchStatements(builder) };
}

function searchStatements(builder: PostgresBuilder): readonly string[] {
  const { sql } = builder;
  // A word that is everywhere is found by walking back in time, the others by the index of words: the server decides.
  const newest = ["accountSid", "createdAt", "id"].map((field) => sql.id(columnOf(field)));
  return [
    sql`create function ${wordsFunction(builder)}(body text) ${sql.raw(FUNCTION_KIND)} as ${sql.raw(quoted(wordsBody()))}`,
    sql`create function ${gramsFunction(builder)}(address text) ${sql.raw(FUNCTION_KIND.replace("text", "text[]"))} as ${sql.raw(quoted(GRAMS_BODY))}`,
    sql`create index ${indexName(builder, "message", "words")} on ${tableOf(builder, "message")} using gin ((${indexedWords(builder)})) ${sql.raw(PENDING)}`,
    sql`create index ${indexName(builder, "message", "newest")} on ${tableOf(builder, "message")} (${sql.join(newest)})`,
    sql`create index ${indexName(builder, "conversation", "grams")} on ${tableOf(builder, "conversation")} using gin ((${indexedGrams(builder)})) ${sql.raw(PENDING)}`,
  ].map((statement) => rawStatement(builder, statement).sql);
}

// What a function costs, in the planner's units, as measured: so that it is not called for a whole table in vain.
const FUNCTION_KIND = "returns text language plpgsql immutable strict parallel safe cost 500";

// What is new waits in a list that every search reads, in kB: the default of 4 MB makes one write in thousands slow.
const PENDING = "with (gin_pending_list_limit = 512)";

function indexName({ sql, tables }: PostgresBuilder, kind: Kind, name: string): RawBuilder<unknown> {
  return sql.id(`${tables.of[kind]}_${name}_idx`);
}

function wordsFunction(builder: PostgresBuilder): RawBuilder<unknown> {
  return qualified(builder, `${builder.tables.of.message}_words`);
}

function gramsFunction(builder: PostgresBuilder): RawBuilder<unknown> {
  return qualified(builder, `${builder.tables.of.conversation}_grams`);
}

let knownBody: string | null = null;

/** The words of a text, with one space between: the skeletons of what `wordsOf` gives, in its order. */
function wordsBody(): string {
  knownBody ??= writeWordsBody();
  return knownBody;
}

function writeWordsBody(): string {
  const { inWords, folded } = alphabet();
  const capitals = folded.map(([from]) => from);
  const small = folded.map(([, to]) => to);
  return `
declare
  folded text := left(body, ${MAX_TEXT});
  capital text;
begin
  if octet_length(folded) = length(folded) then
    folded := regexp_replace(folded, '[^0-9A-Za-z]+', ' ', 'g');
  else
    folded := regexp_replace(normalize(folded, NFD), '${bracket(MARKS)}', '', 'g');
    folded := regexp_replace(folded, '${bracket(inWords, "^")}+', ' ', 'g');
    loop
      capital := substring(folded from '${bracket(capitals.map(codePointsOf))}');
      exit when capital is null;
      folded := replace(folded, capital, translate(capital, ${literal(capitals)}, ${literal(small)}));
    end loop;
  end if;
  folded := lower(btrim(folded) collate "C");
  if length(folded) > ${MAX_WORD} then
    folded := array_to_string(
      array(select left(word, ${MAX_WORD}) from unnest(string_to_array(folded, ' ')) as word), ' '
    );
  end if;
  return folded;
end
`;
}

const GRAMS_BODY = `
begin
  return array(
    select lower(substr(address, place, ${GRAM_LENGTH}) collate "C")
    from generate_series(1, length(address) - ${GRAM_LENGTH - 1}) as place
  );
end
`;

/** A class of characters in PostgreSQL's regular expressions, in ASCII. */
function bracket(ranges: readonly CodePoints[], not: "" | "^" = ""): string {
  const parts = ranges.map(([first, last]) =>
    first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`,
  );
  return `[${not}${parts.join("")}]`;
}

function literal(characters: readonly string[]): string {
  return `E'${characters.map((character) => escaped(character.codePointAt(0) ?? 0)).join("")}'`;
}

function codePointsOf(character: string): CodePoints {
  const code = character.codePointAt(0) ?? 0;
  return [code, code];
}

function escaped(code: number): string {
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

function quoted(body: string): string {
  return `$body$${body}$body$`;
}
