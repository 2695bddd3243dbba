import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decideLanguage, identifyLanguage } from './identify-language.ts';

const TEXTS = {
  en: 'The tenant shall pay the rent on the first day of every month, and the landlord shall keep the roof in good repair.',
  pt: 'O inquilino deve pagar a renda no primeiro dia de cada mês, e o senhorio deve manter o telhado em bom estado.',
  es: 'El inquilino pagará la renta el primer día de cada mes, y el propietario mantendrá el tejado en buen estado.',
  fr: "Le locataire paie le loyer le premier jour de chaque mois, et le propriétaire maintient le toit en bon état.",
  de: 'Der Mieter zahlt die Miete am ersten Tag jedes Monats, und der Vermieter hält das Dach in gutem Zustand.',
  it: "L'inquilino paga l'affitto il primo giorno di ogni mese e il proprietario mantiene il tetto in buono stato.",
  nl: 'De huurder betaalt de huur op de eerste dag van elke maand en de verhuurder houdt het dak in goede staat.',
  pl: 'Najemca płaci czynsz pierwszego dnia każdego miesiąca, a właściciel utrzymuje dach w dobrym stanie.',
  ru: 'Арендатор платит арендную плату в первый день каждого месяца, а владелец содержит крышу в порядке.',
  el: 'Ο ενοικιαστής πληρώνει το ενοίκιο την πρώτη ημέρα κάθε μήνα και ο ιδιοκτήτης διατηρεί τη στέγη.',
  ar: 'يدفع المستأجر الإيجار في اليوم الأول من كل شهر، ويحافظ المالك على السقف في حالة جيدة.',
  ja: '借主は毎月一日に家賃を支払い、貸主は屋根を良好な状態に保ちます。',
  zh: '承租人应在每月第一天支付租金，房东应保持屋顶完好。',
  ko: '임차인은 매월 첫째 날에 임대료를 지불하고 임대인은 지붕을 좋은 상태로 유지합니다.',
};

describe('the language of texts', () => {
  it.each(Object.entries(TEXTS))('%s is told', (language, text) => {
    expect([decideLanguage([text]), identifyLanguage([text])]).toEqual([language, [{ language, share: 1 }]]);
    // Words and phrases, as an interface has them.
    expect(decideLanguage(text.split(/(?<=[,،，、])\s*/))).toBe(language);
  });

  it('has shares by letters, the largest first', () => {
    const shares = identifyLanguage([TEXTS.pt, TEXTS.pt, TEXTS.pt, TEXTS.pt, TEXTS.de, TEXTS.de]);
    expect(shares.map(({ language }) => language)).toEqual(['pt', 'de']);
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(shares[0]?.share).toBeCloseTo(2 / 3, 1);
  });

  it('does not depend on addresses, numbers and identifiers', () => {
    const noise = ['https://www.example.com/the/house/and/the/garden', 'info@example.com', '12 345,00', 'X-200/B', 'v1.2.3', 'com.example.house.garden'];
    expect(identifyLanguage([...noise, TEXTS.pt, ...noise])).toEqual([{ language: 'pt', share: 1 }]);
    expect([identifyLanguage(noise), identifyLanguage([]), identifyLanguage(['', ' ', '42'])]).toEqual([[], [], []]);
  });

  it('is not guessed', () => {
    expect(() => decideLanguage([])).toThrow("The language of the text can't be told: there is too little text.");
    expect(() => decideLanguage(['OK', '12'])).toThrow('there is too little text');
    const half = [TEXTS.en, TEXTS.en, TEXTS.ru, TEXTS.ru].flatMap((text) => [text, text]);
    expect(() => decideLanguage(half)).toThrow(/it looks like (English \d\d %, Russian \d\d %|Russian \d\d %, English \d\d %)/);
  });

  it('is told of a million words in a moment', () => {
    expect(decideLanguage(new Array<string>(50_000).fill(TEXTS.fr))).toBe('fr');
  });
});

const data = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(import.meta.dirname, '../../../shared/data'), 'parallel');
describe.skipIf(!existsSync(data))('on the shared parallel texts (absent: skipped)', () => {
  it.each<[file: string, column: number, language: string]>([
    ['flores-dev.en-pt.tsv', 0, 'en'], ['flores-dev.en-pt.tsv', 1, 'pt'], ['europarl20k.en-fr.tsv', 1, 'fr'], ['comprehensive-rust.en-es.tsv', 1, 'es'], ['comprehensive-rust.en-ja.tsv', 1, 'ja'], ['poedit-ui.en-de.tsv', 1, 'de'],
  ])('ten lines of %s, column %i, are told at least 99 times in 100', (file, column, language) => {
    const texts = readFileSync(path.join(data, file), 'utf8').split('\n').slice(0, 1000).map((line) => line.split('\t')[column] ?? '').filter((text) => text.trim() !== '');
    const groups = Array.from({ length: Math.floor(texts.length / 10) }, (_, i) => texts.slice(i * 10, i * 10 + 10));
    const right = groups.filter((group) => identifyLanguage(group)[0]?.language === language).length;
    expect(right / groups.length).toBeGreaterThanOrEqual(0.99);
  });
});
