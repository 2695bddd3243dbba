/** Where sentences begin. One function, so that every reader and every tool splits alike. */

/** Offsets (UTF-16) at which a new sentence begins, without 0; white space between two sentences belongs to the first. */
export type SplitSentences = (text: string, language: string) => number[];
