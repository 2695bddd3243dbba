/**
 * Web and mail addresses in text, without the punctuation that follows them in a sentence. A scheme has an end and a mailbox
 * a beginning: without them a long text without spaces is read again from each of its letters.
 */
const ADDRESS = /(?:\b[a-z][a-z0-9+.-]{0,30}:\/\/|\bwww\.)[^\s<>"']*[^\s<>"'.,;:!?)\]}»”]|(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/giu;

/** Most texts have none, and to look for these three is quick. */
const mayHaveAddress = (text: string): boolean => text.includes('://') || text.includes('@') || /www\./i.test(text);

export const addressesIn = (text: string): readonly string[] => (mayHaveAddress(text) ? (text.match(ADDRESS) ?? []) : []);

/** The text with a space in place of each address. */
export const withoutAddresses = (text: string): string => (mayHaveAddress(text) ? text.replace(ADDRESS, ' ') : text);
