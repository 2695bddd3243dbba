/** Learns what its argument says and tells on stdout how many steps were made: to be killed in the middle. */
import { learnConfirmed } from '../learn-confirmed.ts';
import type { LearnRequest } from '../step-learning.ts';

const request: LearnRequest = JSON.parse(process.argv[2] ?? '');
await learnConfirmed(request, { report: ({ made }) => { process.stdout.write(`${made}\n`); } });
