import { createContext } from 'svelte';
import type { CommandRegistry } from '../commands/registry.ts';
import type { Studio } from '../state/studio.svelte.ts';

/** The window's state and its commands, for every component. */
export const [useStudio, provideStudio] = createContext<Studio>();
export const [useCommands, provideCommands] = createContext<CommandRegistry>();
