/** What this studio calls itself in the files that it writes; the version of its package. */
export const STUDIO_VERSION = '0.1.0';
