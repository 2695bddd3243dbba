/**
 * A micromark extension for what Markdown's dialects put in text and no translator may change: `$x^2$` and `$$ … $$` (math, by
 * Pandoc's rule), `{{ shortcodes }}`, `{% tags %}` and attribute lists such as `{#id .class}`.
 */
import type { Code, Construct, Effects, Extension, State } from 'micromark-util-types';

declare module 'micromark-util-types' {
  interface TokenTypeMap { protectedText: 'protectedText'; protectedLine: 'protectedLine' }
}

const DOLLAR = 36, PERCENT = 37, BACKSLASH = 92, OPEN = 123, CLOSE = 125;
/** Nothing longer is taken for one of these: bounds the work on a text full of openers. */
const LONGEST = 500;

const isLineEnd = (code: Code): boolean => code !== null && code < -2;
const isSpace = (code: Code): boolean => code === null || code < 0 || code === 32;
const isDigit = (code: Code): boolean => code !== null && code >= 48 && code <= 57;

const math: Construct = {
  name: 'protectedText',
  tokenize(effects, ok, nok) {
    let double = false, length = 0, last: Code = DOLLAR;
    const consume = (code: Code): void => { last = code; length++; effects.consume(code); };
    const start: State = (code) => {
      begin(effects);
      effects.consume(code);
      return opened;
    };
    const opened: State = (code) => {
      if (code === DOLLAR && !double) {
        double = true;
        effects.consume(code);
        return opened;
      }
      return code === DOLLAR || (!double && isSpace(code)) ? nok(code) : inside(code);
    };
    const inside: State = (code) => {
      if (code === null || length > LONGEST) return nok(code);
      if (isLineEnd(code)) return double ? lineEnd(effects, code, inside) : nok(code);
      if (code === DOLLAR && last !== BACKSLASH) {
        if (!double && isSpace(last)) return nok(code);
        effects.consume(code);
        return double ? closing : closed;
      }
      consume(code);
      return inside;
    };
    const closing: State = (code) => {
      if (code !== DOLLAR) return nok(code);
      effects.consume(code);
      return closed;
    };
    const closed: State = (code) => {
      if (!double && isDigit(code)) return nok(code);
      finish(effects);
      return ok(code);
    };
    return start;
  },
};

const braces: Construct = {
  name: 'protectedText',
  tokenize(effects, ok, nok) {
    let close: Code = CLOSE, length = 0;
    const start: State = (code) => {
      begin(effects);
      effects.consume(code);
      return opened;
    };
    const opened: State = (code) => {
      // {{ … }}, {% … %}, and {#id}, {.class}, {:attributes}.
      if (code === OPEN || code === PERCENT) close = code === OPEN ? CLOSE : PERCENT;
      else if (code === 35 || code === 46 || code === 58) close = null;
      else return nok(code);
      effects.consume(code);
      return inside;
    };
    const inside: State = (code) => {
      if (code === null || isLineEnd(code) || length++ > LONGEST) return nok(code);
      effects.consume(code);
      if (close === null) return code === CLOSE ? closed : inside;
      return code === close ? second : inside;
    };
    const second: State = (code) => {
      if (code !== CLOSE) return inside(code);
      effects.consume(code);
      return closed;
    };
    const closed: State = (code) => {
      finish(effects);
      return ok(code);
    };
    return start;
  },
};

function begin(effects: Effects): void {
  effects.enter('protectedText');
  effects.enter('protectedLine');
}

function finish(effects: Effects): void {
  effects.exit('protectedLine');
  effects.exit('protectedText');
}

function lineEnd(effects: Effects, code: Code, next: State): State {
  effects.exit('protectedLine');
  effects.enter('lineEnding');
  effects.consume(code);
  effects.exit('lineEnding');
  return (following) => {
    effects.enter('protectedLine');
    return next(following);
  };
}

export const protectedText: Extension = { text: { [DOLLAR]: math, [OPEN]: braces } };
