/**
 * The seed of every property test: the same on every run, so that a red build is one that its commit made. Other seeds are
 * searched by `npm run test:properties`, which hands each over as BITEXT_SEED.
 */
import fc from 'fast-check';

const FIXED_SEED = 20261122;

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['BITEXT_SEED'] ?? FIXED_SEED) });
