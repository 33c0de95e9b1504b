export const { subtle } = globalThis.crypto

// Not the global of that name, which Node's types do not declare.
export type CryptoKey = Awaited<ReturnType<typeof subtle.importKey>>
