// Enough for a receiver of many tenants; small enough that no list of secrets can fill the memory.
const maxKeys = 512

/**
 * Keeps what was made of a secret: decoding and importing a key costs more than using it. Starts afresh when full.
 */
export function remember<Key>(keys: Map<string, Key>, secret: string, key: Key): Key {
  if (keys.size >= maxKeys) keys.clear()
  keys.set(secret, key)
  return key
}
