/** Hand-written SQL with its values: never a value in the text. */

export type SqlValue = string | number | bigint | Uint8Array | null;

/** A statement, or a part of one, and the values of its `?` in order. */
export interface Sql { readonly text: string; readonly values: readonly SqlValue[] }

const isSql = (part: SqlValue | Sql): part is Sql => typeof part === 'object' && part !== null && 'text' in part;

/** Tagged template: a value becomes `?`, another `sql` part is put in with its own values. */
export function sql(texts: TemplateStringsArray, ...parts: readonly (SqlValue | Sql)[]): Sql {
  let text = texts[0] ?? '';
  const values: SqlValue[] = [];
  for (const [i, part] of parts.entries()) {
    if (isSql(part)) {
      text += part.text;
      values.push(...part.values);
    } else {
      text += '?';
      values.push(part);
    }
    text += texts[i + 1] ?? '';
  }
  return { text, values };
}

/** Conditions that must all hold; `1` when there are none. */
export function allOf(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`1`;
  return { text: conditions.map(({ text }) => `(${text})`).join(' AND '), values: conditions.flatMap(({ values }) => values) };
}

/**
 * `column IN (...)` for a list of any length: the list travels as one JSON value, so that its statement is prepared once.
 * `column` is a name of the schema, never a user's text.
 */
export function isIn(column: string, list: readonly (string | number)[]): Sql {
  return { text: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(list)] };
}
