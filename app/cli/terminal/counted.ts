/** Numbers with their nouns for people: 1 segment, 2 segments, 1,000 files. */

/** `many` is `one` with an s when absent. Numbers are rounded to whole ones. */
export function counted(number: number, one: string, many = `${one}s`): string {
  const whole = Math.round(number);
  return `${whole.toLocaleString('en')} ${whole === 1 ? one : many}`;
}
