/** The components, by their names. */
export const components = ['ApiKeyManager'] as const
