import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeTags } from './place-tags.ts';
import type { TaggedText, TagRun } from './tag-tree.ts';
import type { WordLink } from './word-links.ts';

/** `<1>`, `</1>` and `<1/>` in a text as tags. */
function parse(text: string): (string | TagRun)[] {
  return text.split(/(<\/?\d+\/?>)/).filter((part) => part !== '').map((part) => {
    const tag = /^<(\/?)(\d+)(\/?)>$/.exec(part);
    if (tag === null) return part;
    return { tag: Number(tag[2]), kind: tag[1] === '/' ? 'close' : tag[3] === '/' ? 'empty' : 'open' };
  });
}

const show = (runs: TaggedText): string =>
  runs.map((run) => (typeof run === 'string' ? run : run.kind === 'open' ? `<${run.tag}>` : run.kind === 'close' ? `</${run.tag}>` : `<${run.tag}/>`)).join('');

const plain = (runs: TaggedText): string => runs.filter((run) => typeof run === 'string').join('');

/** Links from `red=vermelho`: the first word of that spelling on each side, `red#2` for the second. */
function links(source: string, target: string, pairs: string): WordLink[] {
  const find = (text: string, word: string): [number, number] => {
    const [spelling = '', times = '1'] = word.split('#');
    let at = -1;
    for (let i = 0; i < Number(times); i++) at = text.indexOf(spelling, at + 1);
    if (at < 0) throw new Error(`no ${word} in ${text}`);
    return [at, at + spelling.length];
  };
  return pairs.split(' ').filter((pair) => pair !== '').map((pair) => {
    const [from = '', to = '', weight = '1'] = pair.split('=');
    return { source: find(source, from), target: find(target, to), weight: Number(weight) };
  });
}

function place(tagged: string, target: string, pairs: string): string {
  const source = parse(tagged);
  return show(placeTags({ source, target, links: links(plain(source), target, pairs) }));
}

describe('pairs', () => {
  it('go with the words that they cover, wherever these went', () => {
    expect(place('The <1>red</1> car', 'O carro vermelho', 'The=O red=vermelho car=carro')).toBe('O carro <1>vermelho</1>');
    expect(place('x <1>日</1><2>本</2> y', 'x 日本 y', 'x=x 日=日=0.5 本=本 y=y')).toBe('x <1>日</1><2>本</2> y');
    expect(place('A <1>red</1> <2>car</2> here', 'Um carro vermelho aqui', 'A=Um red=vermelho car=carro here=aqui')).toBe('Um <2>carro</2> <1>vermelho</1> aqui');
  });

  it('cover what stands between their words, but not a stray link far off', () => {
    expect(place('I <1>memory leak</1> now', 'eu vazamento de memória já', 'I=eu memory=memória leak=vazamento now=já')).toBe('eu <1>vazamento de memória</1> já');
    expect(place('See <1>this</1> big old house', 'Veja esta casa grande velha', 'See=Veja this=esta big=grande old=velha house=casa this=velha=0.3')).toBe('Veja <1>esta</1> casa grande velha');
  });

  it('around all the text are around all of the translation', () => {
    expect(place('<1>Hello there</1>', 'Olá', '')).toBe('<1>Olá</1>');
    expect(place(' <1><2>Hello</2></1> ', ' Olá a todos ', '')).toBe(' <1><2>Olá a todos</2></1> ');
    expect(place('<1> Hello</1>', ' Olá', '')).toBe('<1> Olá</1>');
  });

  it('stay nested', () => {
    expect(place('is <1>very <2>big</2> news</1> here', 'é notícia muito grande aqui', 'is=é very=muito big=grande news=notícia here=aqui')).toBe('é <1>notícia muito <2>grande</2></1> aqui');
  });

  it('take a sign along when they covered one, and leave it out when not', () => {
    expect(place('<1>Note:</1> read', 'Nota: leia', 'Note=Nota read=leia')).toBe('<1>Nota:</1> leia');
    expect(place('Click <1>here</1>.', 'Clique aqui.', 'Click=Clique here=aqui here=.=0.4')).toBe('Clique <1>aqui</1>.');
    expect(place('say <1>“no”</1> now', 'diga «não» já', 'say=diga no=não now=já')).toBe('diga <1>«não»</1> já');
  });

  it('keep white space inside where they had it inside', () => {
    expect(place('<1>Note </1>well', 'Repare bem', 'Note=Repare well=bem')).toBe('<1>Repare </1>bem');
    expect(place('see<1> me</1> now', 'veja me já', 'see=veja me=me now=já')).toBe('veja<1> me</1> já');
  });

  it('inside a word stay at the same letters, else cover its counterpart', () => {
    expect(place('some H<1>2</1>O here', 'algum H2O aqui', 'some=algum H2O=H2O here=aqui')).toBe('algum H<1>2</1>O aqui');
    expect(place('the 1<1>st</1> one', 'o 1º aí', 'the=o 1st=1º one=aí')).toBe('o 1<1>º</1> aí');
    expect(place('is un<1>believ</1>able now', 'é incrível já', 'is=é unbelievable=incrível now=já')).toBe('é <1>incrível</1> já');
  });

  it('whose words have no counterpart take the word that nothing claims at their place', () => {
    expect(place('we <1>do</1> go', 'nós cá vamos', 'we=nós go=vamos')).toBe('nós <1>cá</1> vamos');
    expect(place('we <1>do</1> go', 'nós vamos', 'we=nós go=vamos')).toBe('nós <1></1>vamos');
  });

  it('of one word each share nothing: the clearer one wins', () => {
    expect(place('of <1>the</1> <2>sea</2> now', 'do mar já', 'of=do=0.5 the=do=0.5 sea=mar now=já')).toBe('<1>do</1> <2>mar</2> já');
  });
});

describe('single tags', () => {
  it('stay with the word that they touch', () => {
    expect(place('The committee<1/> met', 'Reuniu-se a comissão', 'The=a committee=comissão met=Reuniu')).toBe('Reuniu-se a comissão<1/>');
    expect(place('see <1/>figure two', 'dois figura ver', 'see=ver figure=figura two=dois')).toBe('dois <1/>figura ver');
    expect(place('chapter 3<1/>, for all', 'capítulo 3, para todos', 'chapter=capítulo 3=3 for=para all=todos')).toBe('capítulo 3<1/>, para todos');
  });

  it('at the edges stay there, in their order and on their side of the white space', () => {
    expect(place('<1/><2/> one two <3/>', ' dois um ', 'one=um two=dois')).toBe('<1/><2/> dois um <3/>');
    expect(place(' <1/>one two<2/>', ' dois um', 'one=um two=dois')).toBe(' <1/>dois um<2/>');
  });

  it('of a pair whose other half is elsewhere go where their own words go', () => {
    expect(place('one two</1> three', 'um dois três', 'one=um two=dois three=três')).toBe('um dois</1> três');
    expect(place('one <1>two three', 'três um dois', 'one=um two=dois three=três')).toBe('três um <1>dois');
  });

  it('never land inside a pair that they stood outside of', () => {
    expect(place('a <1>b c</1> d<2/> e', 'd b c a e', 'a=a b=b c=c d=d e=e')).toBe('d<2/> <1>b c</1> a e');
    expect(place('x <1>b c</1> d<2/> e', 'b d c x e', 'x=x b=b c=c d=d e=e')).toMatch(/<1>.*<\/1>.*<2\/>|<2\/>.*<1>.*<\/1>/);
  });
});

describe('without links', () => {
  it('the place in the text decides', () => {
    expect(place('aaaa <1>bbbb</1> cccc', 'dddd eeee ffff', '')).toBe('dddd <1>eeee</1> ffff');
    expect(place('aaaa bbbb<1/> cccc', 'dddd eeee ffff', '')).toBe('dddd eeee<1/> ffff');
  });

  it('an unchanged text keeps its tags where they are', () => {
    expect(place('a<1/>b <2>c</2>', 'ab c', '')).toBe('a<1/>b <2>c</2>');
  });

  it('an empty target holds all tags', () => {
    expect(place('<1>a</1> b<2/>', '', '')).toBe('<1></1><2/>');
  });
});

describe('whatever the source, the target and the links', () => {
  const word = fc.constantFrom('a', 'the', 'casa', '3.5', ' ', ' ', '  ', ',', '.', '“', '”', '日本', '😀', '(', ')', '\n', 'H2O');
  const run = fc.oneof(
    { weight: 3, arbitrary: word },
    { weight: 2, arbitrary: fc.record({ tag: fc.integer({ min: 1, max: 6 }), kind: fc.constantFrom<TagRun['kind']>('open', 'close', 'empty') }) },
  );
  const span = fc.tuple(fc.nat(30), fc.nat(8)).map(([start, length]): [number, number] => [start, start + length]);
  const link = fc.record({ source: span, target: span, weight: fc.double({ min: 0, max: 1, noNaN: true }) });
  const tagsOf = (runs: TaggedText): TagRun[] => runs.filter((each) => typeof each !== 'string');
  const key = ({ tag, kind }: TagRun): string => `${kind} ${tag}`;

  it('every tag is there once and the text is whole', () => {
    fc.assert(fc.property(fc.array(run, { maxLength: 20 }), fc.array(word, { maxLength: 15 }), fc.array(link, { maxLength: 15 }), (source, words, some) => {
      const target = words.join('');
      const placed = placeTags({ source, target, links: some });
      expect(plain(placed)).toBe(target);
      expect(tagsOf(placed).map(key).sort()).toEqual(tagsOf(source).map(key).sort());
      expect(placed.every((each, i) => each !== '' && !(typeof each === 'string' && typeof placed[i - 1] === 'string'))).toBe(true);
    }), { numRuns: 2000 });
  });

  it('pairs that nest in the source nest alike in the target', () => {
    const nested: fc.Arbitrary<(string | TagRun)[]> = fc.array(fc.tuple(fc.constantFrom('open', 'close', 'empty', 'text'), word), { maxLength: 24 }).map((steps) => {
      const runs: (string | TagRun)[] = [];
      const open: number[] = [];
      let next = 1;
      for (const [step, text] of steps) {
        const last = open.at(-1);
        if (step === 'text') runs.push(text);
        else if (step === 'open') {
          runs.push({ tag: next, kind: 'open' });
          open.push(next++);
        } else if (step === 'empty') runs.push({ tag: next++, kind: 'empty' });
        else if (last !== undefined) runs.push({ tag: open.pop() ?? last, kind: 'close' });
      }
      while (open.length > 0) runs.push({ tag: open.pop() ?? 0, kind: 'close' });
      return runs;
    });
    const parents = (runs: TaggedText): Map<string, number> => {
      const stack: number[] = [];
      const found = new Map<string, number>();
      for (const each of tagsOf(runs)) {
        if (each.kind === 'close') {
          expect(stack.pop()).toBe(each.tag);
          continue;
        }
        found.set(key(each), stack.at(-1) ?? 0);
        if (each.kind === 'open') stack.push(each.tag);
      }
      return found;
    };
    fc.assert(fc.property(nested, fc.array(word, { maxLength: 15 }), fc.array(link, { maxLength: 15 }), (source, words, some) => {
      const placed = placeTags({ source, target: words.join(''), links: some });
      expect([...parents(placed)].sort()).toEqual([...parents(source)].sort());
    }), { numRuns: 2000 });
  });

  it('no tag is put inside a word when none stood inside one', () => {
    const words = ['casa', 'branca', '3.5', 'fica', 'água', '日', 'tudo'];
    const spaced = fc.array(fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: fc.record({ tag: fc.integer({ min: 1, max: 6 }), kind: fc.constantFrom<TagRun['kind']>('open', 'close', 'empty') }) }), { maxLength: 16 })
      .map((parts) => parts.flatMap((part, i) => (i > 0 ? [' ', part] : [part])));
    fc.assert(fc.property(spaced, fc.array(fc.constantFrom(...words), { maxLength: 10 }), fc.array(link, { maxLength: 15 }), (source, targetWords, some) => {
      const placed = placeTags({ source, target: targetWords.join(' '), links: some });
      placed.forEach((each, i) => {
        const left = placed.slice(0, i).filter((other) => typeof other === 'string').at(-1);
        const right = placed.slice(i + 1).find((other) => typeof other === 'string');
        if (typeof each !== 'string' && typeof left === 'string' && typeof right === 'string') expect(/[\p{L}\p{N}]$/u.test(left) && /^[\p{L}\p{N}]/u.test(right)).toBe(false);
      });
    }), { numRuns: 2000 });
  });
});
