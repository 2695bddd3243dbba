/**
 * What every model is tried with: article 1 of the Universal Declaration of Human Rights (United Nations, 1948, public
 * domain) in the model's source language, where it is here, else in English, and a few sentences of more common kinds.
 */
const ARTICLE_1: Readonly<Record<string, readonly [string, string]>> = {
  en: ['All human beings are born free and equal in dignity and rights.', 'They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.'],
  de: ['Alle Menschen sind frei und gleich an Würde und Rechten geboren.', 'Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.'],
  es: ['Todos los seres humanos nacen libres e iguales en dignidad y derechos.', 'Dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.'],
  fr: ['Tous les êtres humains naissent libres et égaux en dignité et en droits.', 'Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.'],
  it: ['Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.', 'Essi sono dotati di ragione e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza.'],
  pt: ['Todos os seres humanos nascem livres e iguais em dignidade e em direitos.', 'Dotados de razão e de consciência, devem agir uns para com os outros em espírito de fraternidade.'],
  nl: ['Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.', 'Zij zijn begiftigd met verstand en geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen.'],
  ru: ['Все люди рождаются свободными и равными в своем достоинстве и правах.', 'Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.'],
  zh: ['人人生而自由,在尊严和权利上一律平等。', '他们赋有理性和良心,并应以兄弟关系的精神相对待。'],
  ja: ['すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。', '人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。'],
};

const COMMON = [
  'The report was published on 14 March 2019.',
  'Please switch off the machine before you open the cover.',
  'Water boils at 100 degrees Celsius.',
  'The two companies signed the agreement in Geneva last week.',
];

/** Six sentences. `language`: BCP 47. */
export function fixedSentences(language: string): readonly string[] {
  const [base = 'en'] = language.toLowerCase().split('-');
  return [...(ARTICLE_1[base] ?? ARTICLE_1['en'] ?? []), ...COMMON];
}

/** Every two of the sentences, one behind the other: enough different texts to keep a device busy. */
export function fixedPairs(language: string): readonly string[] {
  const sentences = fixedSentences(language);
  return sentences.flatMap((first) => sentences.map((second) => `${first} ${second}`));
}
