/**
 * Signs that steer a machine instead of being read: control characters, terminal colours, marks of direction, halves of
 * characters, what stands for a character that could not be read. Vocabularies drop them or make white space of them
 * (SentencePiece's rules nmt_nfkc), so that they would vanish from a translation without a trace.
 */

/**
 * A control sequence (ECMA-48, 5.4): an escape, its parameters, its last letter, no spaces between. Else C0 and C1 less the white space, marks
 * of direction (UAX 9, 2), annotations, and code points that are no characters; U+FFFD and U+2581, which SentencePiece
 * takes for white space. White space between two stays with them.
 */
const SIGN = String.raw`(?:\u001b\[[0-?]*[!-\/]*[@-~]|[[\p{Cc}--[\t-\r\u0085]]\p{Cs}\p{Noncharacter_Code_Point}\p{Bidi_Control}\ufff9-\ufffd\u2581])`;
const SIGNS = new RegExp(String.raw`${SIGN}+(?:\s+${SIGN}+)*`, 'gv');

/** Quick, and true for every text with one; the pattern itself takes long to compile. */
const MAY_HAVE_SIGNS = /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2581\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff]/;

/** Where they stand, in order and apart from each other, UTF-16. */
export function controlSigns(text: string): (readonly [start: number, end: number])[] {
  return MAY_HAVE_SIGNS.test(text) ? Array.from(text.matchAll(SIGNS), ({ index, 0: signs }) => [index, index + signs.length] as const) : [];
}
