import { describe, expect, it } from 'vitest';
import { fixedTokens, lostFixedTokens } from './fixed-tokens.ts';

describe('what stands letter by letter', () => {
  const found: readonly (readonly [text: string, tokens: readonly string[]])[] = [
    ['See (https://a.example/b?c=d), me@b.example. or www.c.example!', ['https://a.example/b?c=d', 'me@b.example', 'www.c.example']],
    ['%s of %1$d in {name} or ${HOME} for save_file, 100% of it', ['%s', '%1$d', '{name}', '${HOME}', 'save_file']],
    ['Set $PATH, %TEMP% and {{count}} {0}', ['$PATH', '%TEMP%', '{{count}}', '{0}']],
    ['Copy /usr/lib/x to ~/y and ./z, or C:\\Temp\\a.txt.', ['/usr/lib/x', '~/y', './z', 'C:\\Temp\\a.txt']],
    ['Open src/main/app.ts or README.md.', ['src/main/app.ts', 'README.md']],
    ['getValue calls HttpServer::listen and foo() with --dry-run', ['getValue', 'HttpServer::listen', 'foo()', '--dry-run']],
    ['PowerPoint, iPhone and macOS', ['PowerPoint', 'iPhone', 'macOS']],
    ['Since v1.2.3 and 2.0.1-beta.4 in UTF8 on Win32', ['v1.2.3', '2.0.1-beta.4', 'UTF8', 'Win32']],
  ];
  it.each(found)('%s', (text, tokens) => expect(fixedTokens(text)).toEqual(tokens));

  it('is no ordinary writing', () => {
    for (const text of ['and/or', 'km/h', '24/7', 'e.g. this', 'p.m.', 'It ends. Then', 'McDonald and MacLeod', "O'Neill", 'PDFs', '5 km2', 'A4 and Q1', 'the 18th, in the 1990s', 'C/Rust', 'well-known -- or not', '1.5 or 22.11.2026', '$5', '50 % off'])
      expect([text, fixedTokens(text)]).toEqual([text, []]);
  });
});

describe('what a translation lacks', () => {
  it('is named once', () => {
    expect(lostFixedTokens('Run getValue, then getValue again', 'Execute getValue')).toEqual(['getValue']);
    expect(lostFixedTokens('Mail me@a.example or see README.md', 'Veja LEIAME.md')).toEqual(['me@a.example', 'README.md']);
    expect(lostFixedTokens('Use %s', 'Use %s')).toEqual([]);
  });
});
