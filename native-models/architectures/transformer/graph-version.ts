/** Raise it with every change of what graphs or 8 bit weights come out: compiled graphs on disk are known by it. */
export const TRANSFORMER_GRAPH_VERSION = 4;
