/** What the engine has to say of models and devices, on its way to the user of the command line. */
import type { Engine } from '../../native-models/engine/engine.ts';

/** The engine, with `tell` called once for each of its notices, at the end of the request that brought it up. */
export function withNotices(engine: Engine, tell: (notice: string) => void): Engine {
  const told = new Set<string>();
  const tellNew = async (): Promise<void> => {
    const { notices = [] } = await engine.state();
    for (const notice of notices) {
      if (told.has(notice)) continue;
      told.add(notice);
      tell(notice);
    }
  };
  return {
    ...engine,
    async translate(request, options) {
      const summary = await engine.translate(request, options);
      // The request is served; an engine that has ended since has nothing to say.
      await tellNew().catch(() => undefined);
      return summary;
    },
  };
}
